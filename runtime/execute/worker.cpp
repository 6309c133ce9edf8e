#include "execute/worker.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <iterator>
#include <map>

#include "base/clock.hpp"
#include "base/framing.hpp"
#include "execute/process_limits.hpp"
#include "execute/protocol.hpp"
#include "execute/shared_ring.hpp"
#include "execute/surroundings.hpp"
#include "execute/task_claims.hpp"
#include "execute/task_run.hpp"
#include "execute/usage_meter.hpp"
#include "plugin/crash_report.hpp"

namespace partita {
namespace {

volatile sig_atomic_t g_child = 0;

// While a child runs a task, what is to end this process ends the child, and then this one with it.
class PassOnTermination {
 public:
  explicit PassOnTermination(pid_t child) {
    g_child = child;
    struct sigaction action{};
    action.sa_handler = [](int signal) { ::kill(g_child, signal); };
    ::sigaction(SIGTERM, &action, &before_);
  }
  ~PassOnTermination() { ::sigaction(SIGTERM, &before_, nullptr); }
  PassOnTermination(const PassOnTermination&) = delete;
  PassOnTermination& operator=(const PassOnTermination&) = delete;

 private:
  struct sigaction before_{};
};

class Worker {
 public:
  Worker(int channel, TaskSettings settings, TaskClaims claims, SharedRing ring, bool fork_each)
      : channel_(channel),
        settings_(std::move(settings)),
        claims_(std::move(claims)),
        ring_(std::move(ring)),
        fork_each_(fork_each) {}

  // Until the host closes the channel; the exit code.
  int serve() {
    for (;;) {
      Result<std::optional<HostMessage>> message = next();
      if (!message) return 1;
      if (!message->has_value()) return 0;
      if (auto* asset = std::get_if<TaskAsset>(&**message)) {
        const std::int64_t number = asset->number;
        assets_[number] = std::make_shared<const TaskAsset>(std::move(*asset));
      } else if (auto* task = std::get_if<TaskMessage>(&**message)) {
        if (!serve(*task)) return 1;
      }
    }
  }

 private:
  class Link final : public TaskLink {
   public:
    explicit Link(Worker& worker) : worker_(worker) {}
    void log(int level, std::string_view text) override {
      (void)worker_.send(LogMessage{printed(), level, std::string(text)});
    }
    void progress(double fraction, std::string_view text) override {
      (void)worker_.send(ProgressMessage{fraction, std::string(text)});
    }
    bool cancelled() override { return worker_.claims_.cancelled(); }
    Result<InputData> input(int part, std::string_view asset) override {
      return worker_.ask(part, asset);
    }
    void decided(TaskResult result) override {
      leave_out_told(result);
      (void)worker_.send(DecidedMessage{printed(), std::move(result)});
    }
    void checking(std::size_t position, std::span<const TaskCheckResult> before) override {
      while (told_ < before.size() && worker_.send_quietly(CheckedMessage{before[told_]})) ++told_;
      worker_.claims_.note_check(static_cast<std::uint32_t>(position) + 1);
    }
    void checked() override { worker_.claims_.note_check(0); }

    // The host has them.
    void leave_out_told(TaskResult& result) {
      const auto told = static_cast<std::ptrdiff_t>(std::exchange(told_, 0));
      result.checks.erase(result.checks.begin(), result.checks.begin() + told);
    }

   private:
    Worker& worker_;
    std::size_t told_ = 0;  // of the checks of the partition
  };

  // How long the output file is, with all that was printed.
  static std::int64_t printed() {
    std::fflush(stdout);
    std::fflush(stderr);
    return ::lseek(STDOUT_FILENO, 0, SEEK_END);
  }

  // A task's result is sent before the next one is claimed: a crash loses the one that runs.
  bool serve(TaskMessage& message) {
    if (!claims_.claim(static_cast<std::uint32_t>(message.sequence))) return true;
    message.task.asset = assets_[message.asset];
    if (!message.task.asset) return false;
    return fork_each_ ? serve_in_child(message.task) : serve_here(message.task);
  }

  bool serve_here(const Task& task) {
    TaskResult result = run(task);
    if (!send(ResultMessage{printed(), std::move(result)})) return false;
    claims_.count_result();
    return true;
  }

  // The plugin is loaded here, once, and a child has it already. A child that dies is as if this
  // process had died: it ends the same way, and another takes its place.
  bool serve_in_child(const Task& task) {
    load_to_fork(task.asset->plugin);
    const std::uint32_t results = claims_.results();
    if (starts_after_long()) claims_.note_cpu(meter_.sample());
    const pid_t parent = ::getpid();
    const pid_t child = has_threads_ ? -1 : ::fork();
    if (child < 0) {
      limit_this_process(task.asset->limits);
      return serve_here(task) && false;
    }
    if (child == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(1);
      limit_this_process(task.asset->limits);
      meter_ = UsageMeter(RUSAGE_SELF);
      (void)serve_here(task);
      ::_exit(0);
    }
    int status = 0;
    {
      const PassOnTermination pass_on(child);
      while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
      }
    }
    if (claims_.results() == results) end_as(status);
    return true;
  }

  // Threads are not there in a child: a plugin that has some is loaded for each task anew.
  void load_to_fork(const std::string& plugin) {
    if (plugins_.contains(plugin)) return;
    (void)load(plugin);
    std::error_code error;
    const std::filesystem::directory_iterator threads("/proc/self/task", error);
    has_threads_ = std::distance(begin(threads), end(threads)) > 1;
  }

  [[noreturn]] static void end_as(int status) {
    if (WIFSIGNALED(status)) {
      ::signal(WTERMSIG(status), SIG_DFL);
      ::kill(::getpid(), WTERMSIG(status));
    }
    ::_exit(WEXITSTATUS(status));
  }

  // False: the host has closed the channel, or code here has.
  bool send(const WorkerMessage& message) {
    const std::string bytes = encode(message);
    if (bytes.size() > kMaxFrame || ::fcntl(channel_, F_GETFD) < 0) return false;
    if (std::exchange(owes_bell_, false)) ring_bell();
    ring_.write(framed(bytes), [this] { ring_bell(); });
    return true;
  }

  // What nobody waits for: the host is woken by what follows. False: it is too long.
  bool send_quietly(const WorkerMessage& message) {
    const std::string bytes = encode(message);
    if (bytes.size() > kMaxFrame) return false;
    ring_.write(framed(bytes), [this] { owes_bell_ = true; });
    return true;
  }

  // Where the socket is full of them, one more is not needed.
  void ring_bell() const {
    const char bell = 0;
    (void)::send(channel_, &bell, sizeof bell, MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  TaskResult run(const Task& task) {
    Result<const LoadedPlugin*> plugin = load(task.asset->plugin);
    if (!plugin) {
      TaskResult failed;
      failed.id = task.id;
      failed.started = failed.finished = system_clock().now_micros();
      failed.failure = TaskFailure{"worker", 0, plugin.error().message, {}};
      return failed;
    }
    Link link(*this);
    const bool long_since = starts_after_long();
    surroundings_.restore(long_since);
    if (long_since && !fork_each_)
      claims_.note_cpu(meter_.sample());  // for when this process has died
    TaskResult result = run_task(task, **plugin, settings_, link, system_clock());
    link.leave_out_told(result);
    if (result.failure) result.failure->usage = meter_.taken();
    return result;
  }

  // What costs a system call need not be done for each of a thousand tasks in a millisecond.
  bool starts_after_long() { return meter_.begin(system_clock().monotonic_micros()); }

  Result<const LoadedPlugin*> load(const std::string& id) {
    if (const auto at = plugins_.find(id); at != plugins_.end()) return at->second.get();
    const auto file = settings_.plugins.find(id);
    if (file == settings_.plugins.end()) {
      return Error{
          ErrorCode::internal, "load plugin `" + id + "`: the catalog has none of that id", {}};
    }
    auto opened = LoadedPlugin::open_to_run(file->second.path);
    if (!opened) return std::move(opened).error().wrap("load plugin `" + id + "`");
    return plugins_.emplace(id, *std::move(opened)).first->second.get();
  }

  // The next message: one set aside, or one that is waited for. Nothing: the host has closed.
  Result<std::optional<HostMessage>> next() {
    if (set_aside_.empty()) return receive();
    std::optional<HostMessage> first = std::move(set_aside_.front());
    set_aside_.pop_front();
    return first;
  }

  Result<std::optional<HostMessage>> receive() {
    std::optional<std::string> frame = frames_.next();
    while (!frame) {
      pollfd readable{channel_, POLLIN, 0};
      if (::poll(&readable, 1, -1) < 0) continue;
      const Result<bool> open = frames_.fill(channel_);
      if (!open) return open.error();
      frame = frames_.next();
      if (!frame && !*open) return std::optional<HostMessage>();
    }
    Result<HostMessage> message = decode_host_message(*frame);
    if (!message) return std::move(message).error();
    return std::optional<HostMessage>(*std::move(message));
  }

  Result<InputData> ask(int part, std::string_view asset) {
    if (!send(InputRequest{part, std::string(asset)}))
      return io_error("ask the host for an input: it is gone");
    for (;;) {
      Result<std::optional<HostMessage>> message = receive();
      if (!message || !message->has_value()) return io_error("wait for an input: the host is gone");
      auto* answer = std::get_if<InputAnswer>(&**message);
      if (answer == nullptr) {
        set_aside_.push_back(**std::move(message));
      } else if (!answer->refused.empty()) {
        return Error{ErrorCode::internal, answer->refused, {}};
      } else {
        return std::move(answer->data);
      }
    }
  }

  int channel_;
  TaskSettings settings_;
  TaskClaims claims_;
  SharedRing ring_;
  bool fork_each_;
  bool has_threads_ = false;
  bool owes_bell_ = false;
  UsageMeter meter_{RUSAGE_SELF};
  Surroundings surroundings_;  // as the command has them, before any plugin is loaded
  FrameBuffer frames_;
  std::deque<HostMessage> set_aside_;  // came while an answer was waited for
  std::map<std::int64_t, std::shared_ptr<const TaskAsset>> assets_;
  std::map<std::string, std::unique_ptr<LoadedPlugin>> plugins_;
};

void report_crashes_to(const std::string& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd >= 0) install_crash_report(fd);
}

}  // namespace

int worker_role(int channel, std::string_view argument) {
  Result<Json> parsed = Json::parse(argument);
  if (!parsed) return 1;
  TaskSettings settings = settings_from_json((*parsed)["settings"]);
  if (::chdir(settings.project_directory.c_str()) != 0) return 1;
  report_crashes_to((*parsed)["crash_file"].as_string());
  const Path claims_file = (*parsed)["claims"].as_string();
  if (!let_await(claims_file)) return 1;
  Result<TaskClaims> claims = TaskClaims::open(claims_file);
  if (!claims) return 1;
  Result<SharedRing> ring = SharedRing::open((*parsed)["ring"].as_string());
  if (!ring) return 1;
  // By the line: what was printed before a crash must not die in a buffer.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  return Worker(channel, std::move(settings), *std::move(claims), *std::move(ring),
                (*parsed)["fork_each"].as_bool())
      .serve();
}

}  // namespace partita
