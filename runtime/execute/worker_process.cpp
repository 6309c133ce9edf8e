#include "execute/worker_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>

#include "execute/task_run.hpp"
#include "execute/worker.hpp"
#include "plugin/crash_report.hpp"

namespace partita {

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const ProcessExecutorOptions& options,
                                                            int number) {
  Descriptor output(::memfd_create("partita-output", MFD_CLOEXEC));
  if (!output.is_open() || ::fcntl(output.get(), F_SETFL, O_APPEND) != 0)
    return io_error("create a memory file");
  Path crash_file = options.scratch / fmt::format("crash-{}", number);
  const Json argument = Json::object()
                            .set("settings", to_json(options.settings))
                            .set("crash_file", crash_file.string());
  Result<Child> child = options.zygote->spawn(kWorkerRole, argument.dump(), output.get());
  if (!child) return std::move(child).error().wrap("start a worker process");
  return std::unique_ptr<WorkerProcess>(
      new WorkerProcess(*std::move(child), std::move(output), std::move(crash_file)));
}

WorkerProcess::WorkerProcess(Child child, Descriptor output, Path crash_file)
    : child_(std::move(child)), output_(std::move(output)), crash_file_(std::move(crash_file)) {}

WorkerProcess::~WorkerProcess() {
  ::unlink(crash_file_.c_str());
}

Status WorkerProcess::run(Task task, std::int64_t now_micros) {
  Status sent = write_frame(child_.channel(), encode(HostMessage(task)));
  task_ = std::move(task);
  started_ = now_micros;
  return sent;
}

Status WorkerProcess::answer(const InputAnswer& answer) {
  return write_frame(child_.channel(), encode(HostMessage(answer)));
}

void WorkerProcess::cancel() {
  if (task_) (void)write_frame(child_.channel(), encode(HostMessage(CancelMessage{})));
}

void WorkerProcess::kill() {
  killed_ = true;
  child_.kill(SIGKILL);
}

void WorkerProcess::receive(ExecutorClient& client) {
  // A worker that closed its channel can report nothing any more: it ends, if it has not already.
  if (const Result<bool> open = frames_.fill(child_.channel()); !open || !*open)
    child_.kill(SIGKILL);
  while (std::optional<std::string> frame = frames_.next()) {
    Result<WorkerMessage> message = decode_worker_message(*frame);
    if (!message) return kill();
    if (task_) handle(*std::move(message), client);
  }
}

void WorkerProcess::handle(WorkerMessage message, ExecutorClient& client) {
  if (auto* log = std::get_if<LogMessage>(&message)) {
    follow_output(client);
    const std::string line = format_log_line(log->level, log->text);
    log_.add_line(line);
    client.printed(task_->id, line);
  } else if (auto* progress = std::get_if<ProgressMessage>(&message)) {
    client.progressed(task_->id, progress->fraction, progress->text);
  } else if (auto* request = std::get_if<InputRequest>(&message)) {
    Result<InputData> data = client.input(task_->id, request->asset);
    if (!answer(data ? InputAnswer{*std::move(data), {}} : InputAnswer{{}, data.error().message}))
      kill();
  } else {
    finish(std::get<TaskResult>(std::move(message)), client);
  }
}

void WorkerProcess::follow_output(ExecutorClient& client) {
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::pread(output_.get(), buffer, sizeof buffer, read_);
    if (got <= 0) return;
    read_ += got;
    const std::string_view text(buffer, static_cast<std::size_t>(got));
    log_.add(text);
    partial_line_.append(text);
    for (std::size_t end = partial_line_.find('\n'); end != std::string::npos;
         end = partial_line_.find('\n')) {
      if (task_) client.printed(task_->id, std::string_view(partial_line_).substr(0, end));
      partial_line_.erase(0, end + 1);
    }
  }
}

void WorkerProcess::finish(TaskResult result, ExecutorClient& client) {
  follow_output(client);
  result.log = log_.take();
  partial_line_.clear();
  task_.reset();
  // The worker is idle: what it printed has been read, and the next task begins with an empty file.
  if (::ftruncate(output_.get(), 0) == 0) read_ = 0;
  client.finished(std::move(result));
}

void WorkerProcess::ended(ExecutorClient& client, std::int64_t now_micros) {
  const std::optional<ExitStatus> status = child_.wait(0);
  if (!task_) return;
  TaskResult result;
  result.id = task_->id;
  result.started = started_;
  result.finished = now_micros;
  if (killed_) {
    result.status = TaskResult::Status::cancelled;
    result.reason = "killed";
  } else {
    result.failure = describe_end(status.value_or(ExitStatus{}));
  }
  finish(std::move(result), client);
}

TaskFailure WorkerProcess::describe_end(const ExitStatus& status) const {
  if (status.signal == 0) {
    return {"exit",
            0,
            fmt::format("the worker process exited with code {} while it ran this partition",
                        status.code),
            {}};
  }
  TaskFailure failure{"signal", status.signal, signal_name(status.signal), {}};
  const Descriptor file(::open(crash_file_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return failure;
  const Result<CrashReport> report = read_crash_report(file.get());
  if (!report) return failure;
  if (!report->exception_type.empty()) {
    failure.message += fmt::format(": uncaught {}: {}", report->exception_type, report->message);
  } else if (!report->message.empty()) {
    failure.message += ": " + report->message;
  }
  failure.backtrace = format_backtrace(*report);
  return failure;
}

}  // namespace partita
