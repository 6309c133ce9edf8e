#include "service/run_lock.hpp"

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

Result<std::optional<RunLock>> RunLock::try_acquire(const Path& file) {
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!opened.is_open())
    return io_error(fmt::format("open {}: {}", file.string(), std::strerror(errno)));
  if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<RunLock>();
    return io_error(fmt::format("lock {}: {}", file.string(), std::strerror(errno)));
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(opened.get(), 0) != 0 || ::pwrite(opened.get(), pid.data(), pid.size(), 0) < 0) {
    return io_error(fmt::format("write {}: {}", file.string(), std::strerror(errno)));
  }
  return std::optional<RunLock>(RunLock(std::move(opened)));
}

Result<RunLock> RunLock::acquire(const Path& file, bool no_wait,
                                 const std::function<void(std::int64_t pid)>& waiting) {
  for (bool told = false;; told = true) {
    Result<std::optional<RunLock>> lock = try_acquire(file);
    if (!lock) return std::move(lock).error();
    if (lock->has_value()) return std::move(**lock);
    const std::int64_t pid = holder(file);
    if (no_wait) {
      return Error{
          ErrorCode::lease_held,
          fmt::format("take the run lock: process {} is materializing in this project", pid),
          "wait for it, or leave out --no-wait"};
    }
    if (!told) waiting(pid);
    ::poll(nullptr, 0, kPollMillis);
  }
}

std::int64_t RunLock::holder(const Path& file) {
  const Result<std::string> text = read_file(file);
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

}  // namespace partita
