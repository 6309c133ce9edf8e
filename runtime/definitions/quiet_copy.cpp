#include "definitions/quiet_copy.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include "base/sha256.hpp"
#include "definitions/scan.hpp"

namespace partita {
namespace {

constexpr std::size_t kChunk = 256U << 10U;

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

Status write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      return io_error(fmt::format("copy it into the plugin store: {}", std::strerror(errno)));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::optional<Refusal> copy_bytes(int from, int to, Sha256& hash) {
  std::vector<char> buffer(kChunk);
  off_t at = 0;
  for (;;) {
    const ssize_t got = ::pread(from, buffer.data(), buffer.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_refusal("read it", errno);
    if (got == 0) return {};
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    hash.add(bytes);
    if (const Status written = write_all(to, bytes); !written) {
      return Refusal{"store", written.error().message};
    }
    at += got;
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

CopiedFile copy_quiet(const QuietFile& source, const Path& target) {
  CopiedFile copied;
  const Descriptor to(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!to.is_open()) {
    copied.refusal =
        Refusal{"store", fmt::format("copy it to {}: {}", target.string(), std::strerror(errno))};
    return copied;
  }
  Sha256 hash;
  copied.refusal = copy_bytes(source.file.get(), to.get(), hash);
  copied.sha256 = hash.hex();
  struct stat info{};
  if (!copied.refusal && ::fstat(source.file.get(), &info) == 0 &&
      signature_of(info) != source.signature) {
    copied.refusal = being_written();
  }
  return copied;
}

}  // namespace partita
