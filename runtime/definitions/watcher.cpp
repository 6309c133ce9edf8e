#include "definitions/watcher.hpp"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace partita {
namespace {

constexpr std::int64_t kQuietMicros = 150'000;
constexpr std::int64_t kLongestMicros = 1'000'000;
constexpr std::int64_t kAwayMicros = 2'000'000;
constexpr std::int64_t kLookMicros = 500'000;
constexpr std::uint32_t kInteresting = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM |
                                       IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t kSelfGone = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;

bool holds_files(const Path& path) {
  std::error_code failed;
  return std::filesystem::is_directory(path, failed);
}

bool is_hidden(const Path& path) {
  return path.filename().string().starts_with('.');
}

std::vector<Path> entries_of(const Path& directory) {
  std::vector<Path> entries;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(directory, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (!is_hidden(at->path())) entries.push_back(at->path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

// What tells one state of the files below from another.
void add_fingerprint(const Path& path, std::string& text) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return;
  if (!S_ISDIR(info.st_mode)) {
    text +=
        fmt::format("{} {} {}.{} {}.{} {}\n", path.string(), info.st_size, info.st_mtim.tv_sec,
                    info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec, info.st_ino);
    return;
  }
  for (const Path& entry : entries_of(path)) add_fingerprint(entry, text);
}

std::string fingerprint(const Path& path) {
  std::string text = holds_files(path) ? "there\n" : "";
  add_fingerprint(path, text);
  return text;
}

bool is_below(const Path& path, const Path& directory) {
  const std::string relative = path.lexically_relative(directory).string();
  return !relative.empty() && !relative.starts_with("..");
}

}  // namespace

Watcher::Watcher(std::vector<Path> directories, const Clock& clock, Means means)
    : directories_(std::move(directories)), clock_(clock) {
  if (means == Means::listening) events_.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  for (const Path& directory : directories_) listen(directory);
}

void Watcher::listen(const Path& directory) {
  unheard_.erase(directory);
  if (add_watches(directory, directory)) return;
  forget_watches_below(directory);
  unheard_[directory] = fingerprint(directory);
}

// False: not all of it can be listened to.
bool Watcher::add_watches(const Path& directory, const Path& below) {
  if (!events_.is_open()) return false;
  const int watch = ::inotify_add_watch(events_.get(), below.c_str(), kInteresting);
  if (watch < 0) return false;
  const bool known = watches_.contains(watch);
  watches_[watch] = {directory, below};
  if (known) return true;
  for (const Path& entry : entries_of(below)) {
    // One that has gone since, or that may not be read, is not listened to and not missed.
    if (holds_files(entry) && !add_watches(directory, entry) && holds_files(entry) &&
        ::access(entry.c_str(), R_OK) == 0)
      return false;
  }
  return true;
}

void Watcher::forget_watches_below(const Path& path) {
  std::erase_if(watches_, [&](const auto& item) {
    if (!is_below(item.second.path, path)) return false;
    ::inotify_rm_watch(events_.get(), item.first);
    return true;
  });
}

void Watcher::read_events() {
  alignas(inotify_event) char buffer[16'384];
  for (;;) {
    const ssize_t got = events_.is_open() ? ::read(events_.get(), buffer, sizeof buffer) : 0;
    if (got <= 0) return;
    for (ssize_t at = 0; at < got;) {
      inotify_event event{};
      std::memcpy(&event, buffer + at, sizeof event);
      const std::string name = event.len > 0 ? buffer + at + sizeof event : "";
      on_event(event.wd, event.mask, name);
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
}

void Watcher::on_event(int watch, std::uint32_t mask, const std::string& name) {
  if ((mask & IN_Q_OVERFLOW) != 0) return on_lost_events();
  const auto found = watches_.find(watch);
  if (found == watches_.end() || name.starts_with('.')) return;
  const Listened listened = found->second;
  if ((mask & kSelfGone) != 0) {
    forget_watches_below(listened.path);
    note(listened.directory, listened.path, true);
    if (listened.path == listened.directory) listen(listened.directory);
    return;
  }
  const Path path = listened.path / name;
  const bool removed = (mask & (IN_DELETE | IN_MOVED_FROM)) != 0;
  if ((mask & IN_ISDIR) != 0 && removed) forget_watches_below(path);
  if ((mask & IN_ISDIR) != 0 && !removed && !add_watches(listened.directory, path))
    listen(listened.directory);
  note(listened.directory, path, removed);
}

void Watcher::on_lost_events() {
  for (const Path& directory : directories_) {
    forget_watches_below(directory);
    listen(directory);
    note(directory, directory, false);
  }
}

void Watcher::look_at_unheard() {
  if (unheard_.empty() || clock_.monotonic_micros() < next_look_) return;
  next_look_ = clock_.monotonic_micros() + kLookMicros;
  const std::map<Path, std::string> before = unheard_;
  for (const auto& [directory, seen] : before) {
    listen(directory);
    const auto looked = unheard_.find(directory);
    const std::string now = looked != unheard_.end() ? looked->second : fingerprint(directory);
    if (now != seen) note(directory, directory, now.empty());
  }
}

void Watcher::note(const Path& directory, const Path& path, bool removed) {
  const std::int64_t now = clock_.monotonic_micros();
  const auto [at, added] = changes_.try_emplace(path, Change{directory, now, now, removed});
  if (added) return;
  // One that comes back is as new.
  if (at->second.removed && !removed) at->second.first = now;
  at->second.last = now;
  at->second.removed = removed;
}

std::int64_t Watcher::due(const Change& change) {
  if (change.removed) return change.last + kAwayMicros;
  return std::min(change.last + kQuietMicros, change.first + kLongestMicros);
}

int Watcher::wait_millis() const {
  std::int64_t next = unheard_.empty() ? INT64_MAX : next_look_;
  for (const auto& [path, change] : changes_) next = std::min(next, due(change));
  if (next == INT64_MAX) return -1;
  const std::int64_t left = std::max<std::int64_t>(next - clock_.monotonic_micros(), 0);
  return static_cast<int>((left + 999) / 1000);
}

std::set<Path> Watcher::take() {
  read_events();
  look_at_unheard();
  std::set<Path> changed;
  const std::int64_t now = clock_.monotonic_micros();
  std::erase_if(changes_, [&](const auto& item) {
    if (due(item.second) > now) return false;
    changed.insert(item.second.directory);
    return true;
  });
  return changed;
}

}  // namespace partita
