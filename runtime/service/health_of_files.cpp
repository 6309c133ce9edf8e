#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/advice.hpp"
#include "base/descriptor.hpp"
#include "base/text.hpp"
#include "service/health_checks.hpp"
#include "store/store.hpp"

namespace partita {
namespace {

constexpr std::int64_t kLittleRoom = std::int64_t{1} << 30;
constexpr std::int64_t kTooLittleRoom = std::int64_t{16} << 20;
constexpr const char* kElsewhere = "put the project on a local file system that can";

// What a store and its log take at the least.
constexpr std::int64_t kRoomToTry = std::int64_t{1} << 20;

// A directory of our own on the file system in question, removed with this. It is locked meanwhile:
// one that is not has been left by a process that was killed.
class Probe {
 public:
  Probe(const Path& parent, const char* prefix)
      : directory_((parent / (prefix + std::string("XXXXXX"))).string()) {
    if (::mkdtemp(directory_.data()) == nullptr) {
      error_ = errno;
      return;
    }
    lock_ = Descriptor(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    (void)::flock(lock_.get(), LOCK_EX | LOCK_NB);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe() {
    if (error_ == 0) (void)remove_tree(directory_);
  }
  int error() const { return error_; }
  Path operator/(const char* name) const { return Path(directory_) / name; }

 private:
  std::string directory_;
  Descriptor lock_;
  int error_ = 0;
};

void check_room(const Path& directory, HealthChecks& checks) {
  struct statvfs info{};
  if (::statvfs(directory.c_str(), &info) != 0)
    return checks.not_looked_at("room", std::strerror(errno));
  if (info.f_blocks == 0) return checks.ok("room", "the file system tells no size");
  const auto room = static_cast<std::int64_t>(info.f_bavail * info.f_frsize);
  const std::string text = is_full_below(directory, kRoomToTry)
                               ? fmt::format("the disk is full: {} are free", format_size(room))
                               : fmt::format("{} are free", format_size(room));
  const std::string hint = "make room on the file system of " + directory.string();
  if (room < kTooLittleRoom) return checks.problem("room", text, hint);
  if (room < kLittleRoom) return checks.warn("room", text, hint);
  checks.ok("room", text);
}

void check_loading(const Path& directory, HealthChecks& checks) {
  struct statvfs info{};
  if (::statvfs(directory.c_str(), &info) != 0 || (info.f_flag & ST_NOEXEC) == 0) return;
  checks.problem("state", "its file system is mounted noexec: no plugin can be loaded from it",
                 kElsewhere);
}

Status try_locks(const Path& file) {
  const auto opened = [&] {
    return Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  };
  const Descriptor first = opened(), second = opened();
  if (::flock(first.get(), LOCK_EX | LOCK_NB) != 0) return io_error(std::strerror(errno));
  if (::flock(second.get(), LOCK_EX | LOCK_NB) == 0)
    return io_error("two hold the same lock at once");
  return {};
}

void check_locks(const Probe& probe, HealthChecks& checks) {
  const Status tried = try_locks(probe / "lock");
  if (tried) return checks.ok("locks", "flock keeps others out");
  checks.problem("locks", "flock does not work: " + tried.error().message, kElsewhere);
}

// As outputs are put in their place.
void check_exchange(const Probe& probe, HealthChecks& checks) {
  const Path one = probe / "one", other = probe / "other";
  Status done = make_directories(one);
  if (done) done = make_directories(other / "in");
  if (done) done = publish_directory(one, other);
  std::error_code failed;
  if (done && !std::filesystem::exists(one / "in", failed))
    done = io_error("the directories are where they were");
  if (done) return checks.ok("exchange", "an output takes the place of another at once");
  checks.problem("exchange", "directories cannot be exchanged: " + done.error().message,
                 kElsewhere);
}

// Two connections, as of two processes: byte locks, and memory that they share.
Status try_store(const Path& file) {
  auto writer = Store::open(file, system_clock());
  if (!writer) return std::move(writer).error();
  auto reader = Store::open(file, system_clock());
  if (!reader) return std::move(reader).error();
  if (Status saved = (*writer)->save_catalog(1, "{}"); !saved) return saved;
  auto read = (*reader)->current_catalog();
  if (!read) return std::move(read).error();
  return *read == "{}" ? Status() : io_error("what one process wrote another does not read");
}

void check_wal(const Probe& probe, HealthChecks& checks) {
  const Status tried = try_store(probe / "store.db");
  if (tried) return checks.ok("wal", "SQLite's write-ahead log works");
  checks.problem("wal", "SQLite's write-ahead log does not work: " + tried.error().message,
                 kElsewhere);
}

void skip_trials(const std::string& why, HealthChecks& checks) {
  for (const char* name : {"locks", "exchange", "wal"}) checks.not_looked_at(name, why);
}

void try_file_system(const Path& directory, bool there, HealthChecks& checks) {
  if (is_full_below(directory, kRoomToTry)) return skip_trials("the disk is full", checks);
  const Probe probe(directory, there ? kProbeInState : kProbeInProject);
  if (probe.error() != 0) {
    checks.problem("state",
                   fmt::format("write in {}: {}", directory.string(), std::strerror(probe.error())),
                   advice_on(probe.error(), directory, Access::write));
    return skip_trials("nothing can be written there", checks);
  }
  check_locks(probe, checks);
  check_exchange(probe, checks);
  check_wal(probe, checks);
}

// Zero, or why nothing can be written in the directory; one that is not there is made when needed.
int refusal_of(const Path& directory) {
  struct stat info{};
  if (::stat(directory.c_str(), &info) != 0) return errno == ENOENT ? 0 : errno;
  if (!S_ISDIR(info.st_mode)) return ENOTDIR;
  return ::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

// Below the state directory, where commands write: told is whether all of it can be.
bool check_places(const Path& state, HealthChecks& checks) {
  bool writable = true;
  for (const char* name :
       {"outputs", "plugins", "plugins/.staging", "runs", "staging", "tmp", "wiped"}) {
    const Path place = state / name;
    const int refused = refusal_of(place);
    if (refused == 0) continue;
    writable = false;
    checks.problem("state", fmt::format("write in {}: {}", place.string(), std::strerror(refused)),
                   advice_on(refused, place, Access::write));
  }
  return writable;
}

}  // namespace

void check_file_system(const Settings& settings, HealthChecks& checks) {
  std::error_code failed;
  const bool there = std::filesystem::is_directory(settings.state, failed);
  if (const int refused = refusal_of(settings.state); refused == ENOTDIR)
    checks.problem("state", fmt::format("{} is no directory", settings.state.string()),
                   advice_on(refused, settings.state, Access::write));
  // The first command makes it; until then that of the project.
  const Path& directory = there ? settings.state : settings.directory;
  if (check_places(settings.state, checks) && refusal_of(directory) == 0)
    checks.ok("state", there ? directory.string()
                             : settings.state.string() + ": the first command makes it");
  check_loading(directory, checks);
  check_room(directory, checks);
  try_file_system(directory, there, checks);
}

}  // namespace partita
