// One worker process as the host sees it: the tasks dealt to it, what it prints, and how it ended.
//
// It runs its tasks one after another. Some are dealt ahead, as many as are done within
// kDealtAheadMicros, and can be taken back until the worker claims them.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/framing.hpp"
#include "base/shared_memory.hpp"
#include "base/zygote.hpp"
#include "execute/captured_log.hpp"
#include "execute/process_executor.hpp"
#include "execute/protocol.hpp"
#include "execute/shared_ring.hpp"
#include "execute/task_claims.hpp"
#include "plugin/crash_report.hpp"

namespace partita {

class WorkerProcess {
 public:
  static Result<std::unique_ptr<WorkerProcess>> start(const ProcessExecutorOptions& options,
                                                      bool fork_each, int number);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  std::size_t under_way() const { return dealt_.size(); }
  bool is_idle() const { return dealt_.empty(); }
  int channel() const { return child_.channel(); }
  int notice() const { return child_.notice(); }
  bool has_unsent() const { return !unsent_.empty(); }
  // False: it has spoken. Otherwise the channel becomes readable when it does.
  bool may_be_waited_for() { return shared_.ring.may_wait(); }
  bool has_finished_any() const { return finished_any_; }

  bool accepts() const { return shared_.claims.accepts(next_); }
  // A task with a time limit is alone with its worker: what is to end it must not meet another.
  bool is_alone() const { return !dealt_.empty() && limits().seconds > 0; }
  Status deal(Task task, std::int64_t now_micros);
  // Sends what was dealt, as far as the socket takes it.
  void flush();
  // At most so many tasks that it has not begun, in their order.
  std::vector<Task> take_back(std::size_t most);
  void cancel();
  void kill();

  // Whether the worker has said something that receive() has not handled.
  bool has_spoken() const { return !shared_.ring.empty(); }
  // Handles whatever the worker has said. Results go to the client.
  void receive(ExecutorClient& client, std::int64_t now_micros);
  // Tells which task runs, and what it has printed.
  void follow(ExecutorClient& client);
  // Ends the worker whose task takes longer than its limit: it is asked to, then killed. Until when
  // to look again, in monotonic microseconds.
  std::optional<std::int64_t> enforce_limit(std::int64_t monotonic_micros);
  // Whether its end was nobody's wish but the task's.
  bool has_died() const { return !killed_; }
  // The worker has ended: the task that it ran failed with it. Those that it had not begun.
  std::vector<Task> ended(ExecutorClient& client, CrashReader& crashes, std::int64_t now_micros);

 private:
  struct Dealt {
    std::uint32_t sequence = 0;
    Task task;
  };

  // What it shares with the worker.
  struct Shared {
    SharedMemory crash, ring_memory;
    Path claims_file;  // a file, so that others find out whether a worker still runs
    TaskClaims claims;
    SharedRing ring;
  };
  static Result<Shared> share(const Path& scratch, int number);
  WorkerProcess(Child child, Descriptor output, Shared shared);
  bool clear_bells() const;
  void handle(WorkerMessage message, ExecutorClient& client, std::int64_t now_micros);
  void take_checked(CheckedMessage message);
  void give_checked(TaskResult& result);
  void tell_unfinished_check(TaskResult& result);
  void finish(TaskResult result, ExecutorClient& client, std::int64_t now_micros);
  void follow_output(ExecutorClient& client);
  void answer(const InputRequest& request, ExecutorClient& client);
  void read_output(std::int64_t end, ExecutorClient& client);
  std::string peek_output() const;
  void take_output(std::string_view text, ExecutorClient& client);
  const TaskLimits& limits() const { return dealt_.front().task.asset->limits; }
  TaskFailure overrun_failure() const;
  TaskFailure describe_end(const ExitStatus& status, CrashReader& crashes) const;
  TaskFailure describe_signal(const ExitStatus& status, CrashReader& crashes) const;
  TaskUsage usage_of(const ExitStatus& status) const;

  Child child_;
  Descriptor output_;  // a memory file that the worker's standard output and error append to
  Shared shared_;
  FrameBuffer frames_;
  FrameQueue unsent_;
  std::set<std::int64_t> known_assets_;  // that the worker was told of
  std::deque<Dealt> dealt_;              // the first is the one that runs
  std::uint32_t next_ = 0;               // the next one's sequence
  std::int64_t begun_ = 0;               // when the first of dealt_ came first
  bool told_begun_ = false;
  std::optional<std::int64_t> limit_ends_;  // of the first of dealt_, once it is seen to run
  bool overran_ = false;                    // it was asked to end
  std::int64_t read_ = 0;                   // of output_
  std::int64_t released_ = 0;               // of output_: memory that was given back
  std::string partial_line_;
  CapturedLog log_;
  std::vector<TaskCheckResult> checked_;  // of the partition that is checked
  bool killed_ = false;
  bool finished_any_ = false;
};

}  // namespace partita
