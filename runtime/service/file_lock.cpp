#include "service/file_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace partita {
namespace {

constexpr int kPollMillis = 50;

}  // namespace

Result<std::optional<FileLock>> FileLock::try_acquire(const Path& file) {
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!opened.is_open())
    return io_error(fmt::format("open {}: {}", file.string(), std::strerror(errno)));
  if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<FileLock>();
    return io_error(fmt::format("lock {}: {}", file.string(), std::strerror(errno)));
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(opened.get(), 0) != 0 || ::pwrite(opened.get(), pid.data(), pid.size(), 0) < 0) {
    return io_error(fmt::format("write {}: {}", file.string(), std::strerror(errno)));
  }
  return std::optional<FileLock>(FileLock(std::move(opened)));
}

Result<FileLock> FileLock::acquire(const Path& file,
                                   const std::function<Status(std::int64_t pid)>& waiting) {
  for (;;) {
    Result<std::optional<FileLock>> lock = try_acquire(file);
    if (!lock) return std::move(lock).error();
    if (lock->has_value()) return std::move(**lock);
    if (Status wait = waiting(holder(file)); !wait) return std::move(wait).error();
    ::poll(nullptr, 0, kPollMillis);
  }
}

bool FileLock::is_held(const Path& file) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return opened.is_open() && ::flock(opened.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::int64_t FileLock::holder(const Path& file) {
  const Result<std::string> text = read_file(file);
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

}  // namespace partita
