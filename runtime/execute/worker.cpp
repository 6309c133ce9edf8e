#include "execute/worker.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <deque>
#include <map>

#include "base/clock.hpp"
#include "base/framing.hpp"
#include "execute/protocol.hpp"
#include "execute/task_run.hpp"
#include "plugin/crash_report.hpp"

namespace partita {
namespace {

class Worker {
 public:
  Worker(int channel, TaskSettings settings) : channel_(channel), settings_(std::move(settings)) {}

  // Until the host closes the channel; the exit code.
  int serve() {
    for (;;) {
      Result<std::optional<std::string>> frame = read_frame(channel_);
      if (!frame) return 1;
      if (!frame->has_value()) return 0;
      Result<HostMessage> message = decode_host_message(**frame);
      if (!message) return 1;
      const Task* task = std::get_if<Task>(&*message);
      if (task != nullptr && !send(run(*task))) return 1;
    }
  }

 private:
  class Link final : public TaskLink {
   public:
    explicit Link(Worker& worker) : worker_(worker) {}
    void log(int level, std::string_view text) override {
      flush_output();
      (void)worker_.send(LogMessage{level, std::string(text)});
    }
    void progress(double fraction, std::string_view text) override {
      (void)worker_.send(ProgressMessage{fraction, std::string(text)});
    }
    bool cancelled() override { return worker_.was_cancelled(); }
    Result<InputData> input(std::string_view asset) override { return worker_.ask(asset); }

   private:
    Worker& worker_;
  };

  static void flush_output() {
    std::fflush(stdout);
    std::fflush(stderr);
  }

  bool send(const WorkerMessage& message) {
    return write_frame(channel_, encode(message)).has_value();
  }

  TaskResult run(const Task& task) {
    Result<const LoadedPlugin*> plugin = load(task.plugin);
    if (!plugin) {
      TaskResult failed;
      failed.id = task.id;
      failed.started = failed.finished = system_clock().now_micros();
      failed.failure = TaskFailure{"worker", 0, plugin.error().message, {}};
      return failed;
    }
    Link link(*this);
    TaskResult result = run_task(task, **plugin, settings_, link, system_clock());
    flush_output();
    return result;
  }

  Result<const LoadedPlugin*> load(const std::string& id) {
    if (const auto at = plugins_.find(id); at != plugins_.end()) return at->second.get();
    const auto file = settings_.plugins.find(id);
    if (file == settings_.plugins.end()) {
      return Error{
          ErrorCode::internal, "load plugin `" + id + "`: the catalog has none of that id", {}};
    }
    auto opened = LoadedPlugin::open(file->second.path);
    if (!opened) return std::move(opened).error().wrap("load plugin `" + id + "`");
    return plugins_.emplace(id, *std::move(opened)).first->second.get();
  }

  // Reads what the host has sent meanwhile, without waiting.
  bool was_cancelled() {
    char peek = 0;
    while (!cancelled_ && ::recv(channel_, &peek, 1, MSG_PEEK | MSG_DONTWAIT) >= 0) receive();
    return cancelled_;
  }

  // One message, or the end of the stream, which cancels too: nobody waits for the result.
  std::optional<HostMessage> receive() {
    Result<std::optional<std::string>> frame = read_frame(channel_);
    if (!frame || !frame->has_value()) {
      cancelled_ = true;
      return std::nullopt;
    }
    Result<HostMessage> message = decode_host_message(**frame);
    if (!message) return std::nullopt;
    if (std::holds_alternative<CancelMessage>(*message)) cancelled_ = true;
    return *std::move(message);
  }

  Result<InputData> ask(std::string_view asset) {
    if (!send(InputRequest{std::string(asset)}))
      return io_error("ask the host for an input: it is gone");
    for (;;) {
      std::optional<HostMessage> message = receive();
      if (!message) return io_error("wait for an input: the host is gone");
      auto* answer = std::get_if<InputAnswer>(&*message);
      if (answer == nullptr) continue;
      if (!answer->refused.empty()) return Error{ErrorCode::internal, answer->refused, {}};
      return std::move(answer->data);
    }
  }

  int channel_;
  TaskSettings settings_;
  std::map<std::string, std::unique_ptr<LoadedPlugin>> plugins_;
  bool cancelled_ = false;
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
  // By the line: what was printed before a crash must not die in a buffer.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  return Worker(channel, std::move(settings)).serve();
}

}  // namespace partita
