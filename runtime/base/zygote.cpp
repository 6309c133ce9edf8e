#include "base/zygote.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <vector>

namespace partita {
namespace {

// A request is one datagram, `role NUL argument`, with two or three descriptors: the child's end of
// its channel, the end of the notice pipe that the zygote writes, and the output where one is
// given.
constexpr std::size_t kMaxRequest = 64U << 10U;
constexpr int kMaxDescriptors = 3;

// The channel's number in a child: out of the way of plugins that close descriptors by number.
constexpr int kHighDescriptor = 1000;

// What the notice pipe carries: one Forked, then one Ended.
struct Forked {
  pid_t pid = -1;
  int error = 0;  // errno of the fork that failed
};
struct Ended {
  int status = 0;
  std::int64_t user_micros = 0;
  std::int64_t system_micros = 0;
  std::int64_t max_rss_kib = 0;
};

Error zygote_error(std::string_view action, int number) {
  return io_error(fmt::format("{}: {}", action, std::strerror(number)));
}

// For whole records of at most PIPE_BUF bytes, which a pipe neither splits nor mixes.
template <class Record>
bool read_record(int fd, Record& record) {
  ssize_t got = 0;
  do {
    got = ::read(fd, &record, sizeof record);
  } while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof record);
}

// The host may have let go of the child: that nobody reads is no error.
template <class Record>
void write_record(int fd, const Record& record) {
  ssize_t written = 0;
  do {
    written = ::write(fd, &record, sizeof record);
  } while (written < 0 && errno == EINTR);
}

std::int64_t micros(const timeval& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

struct Request {
  std::string role;
  std::string argument;
  std::vector<Descriptor> descriptors;
};

bool send_request(int control, std::string_view text, const std::vector<int>& descriptors) {
  iovec part{const_cast<char*>(text.data()), text.size()};
  alignas(cmsghdr) char space[CMSG_SPACE(kMaxDescriptors * sizeof(int))] = {};
  const std::size_t bytes = descriptors.size() * sizeof(int);
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = CMSG_SPACE(bytes);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(bytes);
  std::memcpy(CMSG_DATA(header), descriptors.data(), bytes);
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(control, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(text.size());
}

std::vector<Descriptor> received_descriptors(msghdr& message) {
  std::vector<Descriptor> descriptors;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      descriptors.emplace_back(fd);
    }
  }
  return descriptors;
}

// Nothing: the host has closed its end, or is gone.
std::optional<Request> receive_request(int control) {
  std::string text(kMaxRequest, '\0');
  iovec part{text.data(), text.size()};
  alignas(cmsghdr) char space[CMSG_SPACE(kMaxDescriptors * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  ssize_t got = 0;
  do {
    got = ::recvmsg(control, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(got));
  const std::size_t end = text.find('\0');
  return Request{text.substr(0, end), text.substr(end + 1), received_descriptors(message)};
}

sigset_t signals_of_the_zygote() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  return set;
}

// ---- in a child
// ----------------------------------------------------------------------------------

void restore_signals() {
  // Ctrl-C at a terminal reaches every process of the group: what it means is for the host to say.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Returns the channel's new number.
int arrange_descriptors(int channel, int output) {
  if (output >= 0) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
  }
  const Descriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (null.is_open()) ::dup2(null.get(), STDIN_FILENO);
  const int high = ::fcntl(channel, F_DUPFD_CLOEXEC, kHighDescriptor);
  const int kept = high >= 0 ? high : channel;
  if (kept > 3) ::close_range(3, static_cast<unsigned>(kept) - 1, 0);
  ::close_range(static_cast<unsigned>(kept) + 1, ~0U, 0);
  return kept;
}

[[noreturn]] void play(const Zygote::Role& role, const Request& request, pid_t zygote) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != zygote) ::_exit(1);  // it died before the line above
  ::prctl(PR_SET_NAME, ("partita-" + request.role).c_str());
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  restore_signals();
  const int output = request.descriptors.size() > 2 ? request.descriptors[2].get() : -1;
  const int channel = arrange_descriptors(request.descriptors[0].get(), output);
  const int code = role(channel, request.argument);
  // Not exit(): static destructors here are the host's, or foreign.
  std::fflush(nullptr);
  ::_exit(code);
}

// ---- in the zygote
// -------------------------------------------------------------------------------

// The processes whose parent this one is. Orphans of its children become its own.
std::vector<pid_t> child_processes() {
  const pid_t self = ::getpid();
  std::ifstream file(fmt::format("/proc/self/task/{}/children", self));
  std::vector<pid_t> pids;
  for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
  return pids;
}

class ZygoteLoop {
 public:
  ZygoteLoop(const std::map<std::string, Zygote::Role>& roles, int control, int signals)
      : roles_(roles), control_(control), signals_(signals) {}

  void run() {
    for (;;) {
      pollfd items[2] = {{control_, POLLIN, 0}, {signals_, POLLIN, 0}};
      if (::poll(items, 2, -1) < 0 && errno != EINTR) break;
      if (items[1].revents != 0) take_signals();
      if (items[0].revents == 0) continue;
      const std::optional<Request> request = receive_request(control_);
      if (!request) break;
      spawn(*request);
    }
    end_all();
  }

 private:
  struct Known {
    Descriptor notice;
    std::int64_t serial = 0;
  };

  void spawn(const Request& request) {
    const auto role = roles_.find(request.role);
    if (role == roles_.end() || request.descriptors.size() < 2) return;
    const pid_t self = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) play(role->second, request, self);
    const int notice = request.descriptors[1].get();
    write_record(notice, Forked{pid, pid < 0 ? errno : 0});
    if (pid > 0) children_[pid] = {Descriptor(::fcntl(notice, F_DUPFD_CLOEXEC, 0)), ++serial_};
  }

  void take_signals() {
    signalfd_siginfo info{};
    while (::read(signals_, &info, sizeof info) > 0) {
    }
    bool ended = false;
    while (reap(WNOHANG)) ended = true;
    if (ended) kill_orphans();
  }

  // False: no child to reap.
  bool reap(int options) {
    int status = 0;
    rusage usage{};
    const pid_t pid = ::wait4(-1, &status, options, &usage);
    if (pid <= 0) return false;
    orphans_.erase(pid);
    const auto known = children_.find(pid);
    if (known == children_.end()) return true;
    write_record(known->second.notice.get(),
                 Ended{status, micros(usage.ru_utime), micros(usage.ru_stime), usage.ru_maxrss});
    children_.erase(known);
    return true;
  }

  // Ends what children left behind. Whose an orphan was cannot be told: it may live as long as a
  // child that was started before it was first seen.
  void kill_orphans() {
    std::int64_t oldest = serial_ + 1;
    for (const auto& [pid, known] : children_) oldest = std::min(oldest, known.serial);
    for (const pid_t pid : child_processes()) {
      if (children_.contains(pid)) continue;
      const std::int64_t seen = orphans_.try_emplace(pid, serial_).first->second;
      if (seen < oldest) ::kill(pid, SIGKILL);
    }
  }

  // Each round may bring in the orphans of those that it ended.
  void end_all() {
    std::vector<pid_t> pids = child_processes();
    while (!pids.empty()) {
      for (const pid_t pid : pids) ::kill(pid, SIGKILL);
      reap(0);
      while (reap(WNOHANG)) {
      }
      pids = child_processes();
    }
  }

  const std::map<std::string, Zygote::Role>& roles_;
  int control_;
  int signals_;
  std::map<pid_t, Known> children_;
  std::map<pid_t, std::int64_t> orphans_;  // the last serial when it was first seen
  std::int64_t serial_ = 0;
};

[[noreturn]] void be_zygote(const std::map<std::string, Zygote::Role>& roles,
                            int control) noexcept {
  ::prctl(PR_SET_NAME, "partita-zygote");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  // No parent death signal: the control socket's end says the same, and leaves time to end the
  // rest.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);
  const sigset_t blocked = signals_of_the_zygote();
  ::sigprocmask(SIG_SETMASK, &blocked, nullptr);
  const int high = ::fcntl(control, F_DUPFD_CLOEXEC, 4);
  ::dup2(high, 3);
  ::close_range(4, ~0U, 0);
  ::fcntl(3, F_SETFD, FD_CLOEXEC);
  const int signals = ::signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK);
  ZygoteLoop(roles, 3, signals).run();
  ::_exit(0);
}

ExitStatus decoded(const Ended& ended) {
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
  Ended ended;
  if (read_record(notice_.get(), ended)) {
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

Result<std::unique_ptr<Zygote>> Zygote::start(std::map<std::string, Role> roles) {
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
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return zygote_error(action, errno);
  }
  Descriptor channel(ends[0]);
  const Descriptor their_channel(ends[1]);
  if (::pipe2(ends, O_CLOEXEC) != 0) return zygote_error(action, errno);
  Descriptor notice(ends[0]);
  Descriptor their_notice(ends[1]);
  std::vector<int> descriptors{their_channel.get(), their_notice.get()};
  if (output >= 0) descriptors.push_back(output);
  if (!send_request(state_->control.get(), text, descriptors)) return zygote_error(action, errno);

  their_notice.reset();  // so that the end of the zygote is the end of the pipe
  Forked forked;
  if (!read_record(notice.get(), forked)) return io_error(action + ": the zygote has ended");
  if (forked.pid < 0) return zygote_error(action, forked.error);
  return Child(forked.pid, std::move(channel), std::move(notice));
}

}  // namespace partita
