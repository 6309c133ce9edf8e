#include "service/live_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace partita {
namespace {

constexpr char kSeparator = '\x1f';  // no key has one, nor any other control character
// A line of nobody: what comes after it was printed later.
constexpr const char* kCaughtUp = "\x1f\x1f\n";
// Of what a task has printed, about as much as is kept with its partition.
constexpr std::size_t kMostKept = 64U << 10U;

Path lock_file(const Path& directory) {
  return directory / "followed";
}

Path text_file(const Path& directory) {
  return directory / "live";
}

}  // namespace

// One that was here before is of a process that is dead.
LiveLog::LiveLog(Path directory) : directory_(std::move(directory)) {
  ::unlink(text_file(directory_).c_str());
}

// Who comes while nobody is here waits for the lock until the file of who was before is gone.
void LiveLog::look() {
  const Descriptor lock(::open(lock_file(directory_).c_str(), O_RDONLY | O_CLOEXEC));
  const bool followed = lock.is_open() && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0;
  if (followed == std::exchange(followed_, followed)) return;
  if (followed) return begin();
  file_.reset();
  ::unlink(text_file(directory_).c_str());
}

void LiveLog::begin() {
  file_.reset(
      ::open(text_file(directory_).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  std::string text;
  for (const auto& [task, printed] : printed_) text += printed;
  write(text + kCaughtUp);
}

// What cannot be written is not followed: the store has it when the partition has ended.
void LiveLog::write(std::string_view text) const {
  (void)!::write(file_.get(), text.data(), text.size());
}

void LiveLog::add(std::int64_t task, std::string_view asset, std::string_view key,
                  std::string_view line) {
  std::string& printed = printed_[task];
  const std::size_t before = printed.size();
  printed.append(asset).append(1, kSeparator).append(key).append(1, kSeparator).append(line);
  printed += '\n';
  if (followed_) write(std::string_view(printed).substr(before));
  if (printed.size() < 2 * kMostKept) return;
  printed.erase(0, printed.find('\n', printed.size() - kMostKept) + 1);
}

void LiveLog::forget(std::int64_t task) {
  printed_.erase(task);
}

Status LiveLogReader::read(const Visit& visit) {
  if (!lock_.is_open()) {
    lock_.reset(::open(lock_file(directory_).c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!lock_.is_open()) {
      if (errno == ENOENT) return {};  // the run is about to make its directory, or has ended
      return io_error("follow " + directory_.string() + ": " + std::strerror(errno));
    }
    ::flock(lock_.get(), LOCK_SH);
  }
  if (!file_.is_open()) {
    file_.reset(::open(text_file(directory_).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file_.is_open()) return {};
  }
  char buffer[65536];
  for (ssize_t got = 0; (got = ::read(file_.get(), buffer, sizeof buffer)) > 0;) {
    partial_.append(buffer, static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = partial_.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      tell(std::string_view(partial_).substr(begin, end - begin), visit);
    }
    partial_.erase(0, begin);
  }
  return {};
}

void LiveLogReader::tell(std::string_view line, const Visit& visit) {
  const std::size_t first = line.find(kSeparator);
  const std::size_t second = line.find(kSeparator, first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return;
  if (first == 0) {
    caught_up_ = true;
    return;
  }
  visit(line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1));
}

}  // namespace partita
