#include "base/zygote.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/zygote_process.hpp"
#include "base/zygote_wire.hpp"

namespace partita {
namespace {

Error zygote_error(std::string_view action, int number) {
  return io_error(fmt::format("{}: {}", action, std::strerror(number)));
}

ExitStatus decoded(const EndNotice& ended) {
  ExitStatus status;
  if (WIFSIGNALED(ended.status)) status.signal = WTERMSIG(ended.status);
  if (WIFEXITED(ended.status)) status.code = WEXITSTATUS(ended.status);
  status.user_micros = ended.user_micros;
  status.system_micros = ended.system_micros;
  status.max_rss_kib = ended.max_rss_kib;
  return status;
}

// False: the time passed first. A negative time is for ever.
bool poll_readable(int fd, int timeout_millis) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_millis);
  int left = timeout_millis;
  for (;;) {
    pollfd item{fd, POLLIN, 0};
    const int ready = ::poll(&item, 1, left);
    if (ready >= 0 || errno != EINTR) return ready > 0;
    if (timeout_millis < 0) continue;
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    left = static_cast<int>(std::max<std::int64_t>(rest, 0));
  }
}

// What connects the host and a child: ours, and what the child and the zygote get.
struct ChildEnds {
  Descriptor channel, their_channel;
  Descriptor notice, their_notice;

  bool open() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
    channel.reset(ends[0]);
    their_channel.reset(ends[1]);
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    notice.reset(ends[0]);
    their_notice.reset(ends[1]);
    return true;
  }
};

// Descriptors that this file opens must not take the numbers of the standard streams.
void keep_standard_streams_open() {
  int fd = 0;
  do {
    fd = ::open("/dev/null", O_RDWR);
  } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) ::close(fd);
}

}  // namespace

Child::Child(pid_t pid, Descriptor channel, Descriptor notice)
    : pid_(pid),
      channel_(std::move(channel)),
      notice_(std::move(notice)),
      process_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}

Child& Child::operator=(Child&& other) noexcept {
  Child old(std::move(*this));
  pid_ = other.pid_;
  channel_ = std::move(other.channel_);
  notice_ = std::move(other.notice_);
  process_ = std::move(other.process_);
  ended_ = other.ended_;
  return *this;
}

Child::~Child() {
  if (notice_.is_open() && !wait(0)) kill(SIGKILL);
}

std::optional<ExitStatus> Child::wait(int timeout_millis) {
  if (ended_ || !notice_.is_open()) return ended_;
  if (!poll_readable(notice_.get(), timeout_millis)) return std::nullopt;
  EndNotice ended;
  if (read_notice(notice_.get(), &ended, sizeof ended)) {
    ended_ = decoded(ended);
  } else {
    ended_ = ExitStatus{.signal = SIGKILL};  // the zygote is gone, and its children with it
  }
  return ended_;
}

// Through the pidfd: the number may be another process's once the zygote has reaped this one.
void Child::kill(int signal) const {
  if (process_.is_open()) ::syscall(SYS_pidfd_send_signal, process_.get(), signal, nullptr, 0);
}

struct Zygote::State {
  pid_t pid = -1;
  Descriptor control;
  std::vector<std::string> roles;
};

Zygote::Zygote(std::unique_ptr<State> state) : state_(std::move(state)) {}

Zygote::~Zygote() {
  state_->control.reset();
  int status = 0;
  while (::waitpid(state_->pid, &status, 0) < 0 && errno == EINTR) {
  }
}

Result<std::unique_ptr<Zygote>> Zygote::start(const std::map<std::string, Role>& roles) {
  keep_standard_streams_open();
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return zygote_error("start the zygote: open a socket", errno);
  }
  auto state = std::make_unique<State>();
  state->control.reset(ends[0]);
  const Descriptor theirs(ends[1]);
  for (const auto& [name, role] : roles) state->roles.push_back(name);
  std::fflush(nullptr);  // or a child would write what is buffered here once more
  state->pid = ::fork();
  if (state->pid < 0) return zygote_error("start the zygote: fork", errno);
  if (state->pid == 0) be_zygote(roles, theirs.get());
  return std::unique_ptr<Zygote>(new Zygote(std::move(state)));
}

Result<Child> Zygote::spawn(std::string_view role, std::string_view argument, int output) {
  const std::string action = fmt::format("start a process for `{}`", role);
  if (std::find(state_->roles.begin(), state_->roles.end(), role) == state_->roles.end()) {
    return Error{ErrorCode::internal, action + ": no such role", {}};
  }
  std::string text(role);
  text += '\0';
  text += argument;
  if (text.size() > kMaxRequest) {
    return Error{
        ErrorCode::internal, fmt::format("{}: argument of {} bytes", action, argument.size()), {}};
  }
  ChildEnds ends;
  if (!ends.open()) return zygote_error(action, errno);
  std::vector<int> descriptors{ends.their_channel.get(), ends.their_notice.get()};
  if (output >= 0) descriptors.push_back(output);
  if (!send_request(state_->control.get(), text, descriptors)) return zygote_error(action, errno);

  ends.their_notice.reset();  // so that the end of the zygote is the end of the pipe
  ForkNotice forked;
  if (!read_notice(ends.notice.get(), &forked, sizeof forked)) {
    return io_error(action + ": the zygote has ended");
  }
  if (forked.pid < 0) return zygote_error(action, forked.error);
  return Child(forked.pid, std::move(ends.channel), std::move(ends.notice));
}

}  // namespace partita
