// One worker process as the host sees it: its channel, what it prints, and how it ended.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/framing.hpp"
#include "base/zygote.hpp"
#include "execute/captured_log.hpp"
#include "execute/process_executor.hpp"
#include "execute/protocol.hpp"

namespace partita {

class WorkerProcess {
 public:
  static Result<std::unique_ptr<WorkerProcess>> start(const ProcessExecutorOptions& options,
                                                      int number);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  bool is_idle() const { return !task_; }
  const std::optional<Task>& task() const { return task_; }
  int channel() const { return child_.channel(); }
  int notice() const { return child_.notice(); }

  Status run(Task task, std::int64_t now_micros);
  Status answer(const InputAnswer& answer);
  void cancel();
  void kill();

  // Handles whatever the worker has sent. A finished task's result goes to the client.
  void receive(ExecutorClient& client);
  // Hands on new complete lines of output.
  void follow_output(ExecutorClient& client);
  // The worker has ended: its task, if it had one, failed with it.
  void ended(ExecutorClient& client, std::int64_t now_micros);

 private:
  WorkerProcess(Child child, Descriptor output, Path crash_file);
  void handle(WorkerMessage message, ExecutorClient& client);
  void finish(TaskResult result, ExecutorClient& client);
  TaskFailure describe_end(const ExitStatus& status) const;

  Child child_;
  Descriptor output_;  // a memory file that the worker's standard output and error append to
  Path crash_file_;
  FrameBuffer frames_;
  std::optional<Task> task_;
  std::int64_t started_ = 0;
  std::int64_t read_ = 0;  // of output_
  std::string partial_line_;
  CapturedLog log_;
  bool killed_ = false;
};

}  // namespace partita
