#include "definitions/quiet_copy.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "definitions/scan.hpp"

namespace partita {
namespace {

constexpr std::size_t kChunk = 1U << 30U;

Refusal being_written() {
  return {"being_written", "it is being written", true};
}

Refusal system_refusal(std::string_view action, int number) {
  return {"unreadable", fmt::format("{}: {}", action, std::strerror(number))};
}

// False: somebody has the file open for writing.
bool lease(int fd) {
  // The news that a writer waits comes as a signal. SIGIO would end the process, SIGURG is ignored.
  ::fcntl(fd, F_SETSIG, SIGURG);
  return ::fcntl(fd, F_SETLEASE, F_RDLCK) == 0 || errno != EAGAIN;
}

// Within the kernel: the bytes do not pass through this process.
std::optional<Refusal> copy_bytes(int from, int to) {
  off_t at = 0;
  for (;;) {
    const ssize_t sent = ::sendfile(to, from, &at, kChunk);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      return Refusal{"store",
                     fmt::format("copy it into the plugin store: {}", std::strerror(errno))};
    }
    if (sent == 0) return {};
  }
}

}  // namespace

QuietFile open_quiet(const Path& path) {
  QuietFile quiet;
  // Not blocking: the name may have become a FIFO's.
  quiet.file.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info{};
  if (!quiet.file.is_open() || ::fstat(quiet.file.get(), &info) != 0) {
    quiet.refusal = system_refusal("open it", errno);
    return quiet;
  }
  quiet.signature = signature_of(info);
  if (!S_ISREG(info.st_mode)) {
    quiet.refusal = Refusal{"not_a_file", "it is no regular file"};
  } else if (!lease(quiet.file.get())) {
    quiet.refusal = being_written();
  }
  return quiet;
}

std::optional<Refusal> copy_quiet(const QuietFile& source, const Path& target) {
  const Descriptor to(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!to.is_open()) {
    return Refusal{"store",
                   fmt::format("copy it to {}: {}", target.string(), std::strerror(errno))};
  }
  if (auto refusal = copy_bytes(source.file.get(), to.get())) return refusal;
  struct stat info{};
  const bool changed =
      ::fstat(source.file.get(), &info) == 0 && signature_of(info) != source.signature;
  return changed ? std::optional(being_written()) : std::nullopt;
}

}  // namespace partita
