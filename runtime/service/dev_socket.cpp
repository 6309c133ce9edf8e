#include "service/dev_socket.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace partita {
namespace {

Path lock_file_of(const Path& state) {
  return state / "dev.lock";
}

constexpr const char* kSocket = "dev.sock";
constexpr std::string_view kReloaded = "reloaded\n";

// By way of a descriptor of its directory: a path of a socket has room for 107 bytes only.
class Address {
 public:
  explicit Address(const Path& state)
      : directory_(::open(state.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    const std::string path = fmt::format("/proc/self/fd/{}/{}", directory_.get(), kSocket);
    address_.sun_family = AF_UNIX;
    std::memcpy(address_.sun_path, path.c_str(), path.size() + 1);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  static constexpr socklen_t size() { return sizeof(sockaddr_un); }

 private:
  Descriptor directory_;
  sockaddr_un address_{};
};

Descriptor new_socket() {
  return Descriptor(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

Descriptor connected(const Path& state) {
  Descriptor made = new_socket();
  const Address address(state);
  if (made.is_open() && ::connect(made.get(), address.get(), Address::size()) != 0) made.reset();
  return made;
}

}  // namespace

Result<DevSocket> DevSocket::listen(const Path& state) {
  const Path lock_file = lock_file_of(state);
  Result<std::optional<FileLock>> lock = FileLock::try_acquire(lock_file);
  if (!lock) return std::move(lock).error();
  if (!lock->has_value()) {
    return usage_error(
        fmt::format("start dev: it runs already, as process {}", FileLock::holder(lock_file)),
        "one at a time for a project; stop that one first");
  }
  // Of one that was killed.
  ::unlink((state / kSocket).c_str());
  Descriptor made = new_socket();
  const Address address(state);
  if (::bind(made.get(), address.get(), Address::size()) != 0 || ::listen(made.get(), 64) != 0)
    return io_error(
        fmt::format("listen at {}: {}", (state / kSocket).string(), std::strerror(errno)));
  return DevSocket(state / kSocket, **std::move(lock), std::move(made));
}

DevSocket::~DevSocket() {
  if (socket_.is_open()) ::unlink(file_.c_str());
}

bool DevSocket::take() {
  bool told = false;
  for (;;) {
    const Descriptor peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!peer.is_open()) return told;
    char text[16];
    const ssize_t got = ::recv(peer.get(), text, sizeof text, 0);
    told = told || (got > 0 && std::string_view(text, static_cast<std::size_t>(got)) == kReloaded);
  }
}

bool dev_is_running(const Path& state) {
  return connected(state).is_open();
}

void tell_dev_of_reload(const Path& state) {
  if (FileLock::holder(lock_file_of(state)) == ::getpid()) return;
  const Descriptor dev = connected(state);
  if (dev.is_open()) (void)::send(dev.get(), kReloaded.data(), kReloaded.size(), MSG_NOSIGNAL);
}

}  // namespace partita
