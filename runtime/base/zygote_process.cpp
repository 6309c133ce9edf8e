#include "base/zygote_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <optional>
#include <vector>

#include "base/zygote_wire.hpp"

namespace partita {
namespace {

// The channel's number in a child: out of the way of plugins that close descriptors by number.
constexpr int kHighDescriptor = 1000;

std::int64_t micros(const timeval& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

sigset_t signals_of_the_zygote() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  return set;
}

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

[[noreturn]] void play(const Zygote::Role& role, const ZygoteRequest& request,
                       pid_t zygote) noexcept {
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
      const std::optional<ZygoteRequest> request = receive_request(control_);
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

  void spawn(const ZygoteRequest& request) {
    const auto role = roles_.find(request.role);
    if (role == roles_.end() || request.descriptors.size() < 2) return;
    const pid_t self = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) play(role->second, request, self);
    const int notice = request.descriptors[1].get();
    const ForkNotice forked{pid, pid < 0 ? errno : 0};
    write_notice(notice, &forked, sizeof forked);
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
    const EndNotice ended{status, micros(usage.ru_utime), micros(usage.ru_stime), usage.ru_maxrss};
    write_notice(known->second.notice.get(), &ended, sizeof ended);
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

}  // namespace

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

}  // namespace partita
