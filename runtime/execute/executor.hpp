// An Executor runs tasks somewhere and reports each one's result as it comes.
//
// It knows neither plans nor dependencies nor the store. Threads in the host and worker processes
// stand behind it; a cluster's queue fits too, since results come asynchronously and in any order.
// All functions but wake() are called on one thread, the scheduler's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "plan/task.hpp"

namespace partita {

// {"kind": "int|float|bool|text|markdown|json|path|url", "value": ...} by name.
using TaskMetadata = std::vector<std::pair<std::string, Json>>;

// What an attempt took.
struct TaskUsage {
  double user_seconds = 0;
  double system_seconds = 0;
  std::int64_t max_rss_bytes = 0;  // of its process
};

struct TaskFailure {
  // "error", "retry" (the function asked for one), "check", "worker" (infrastructure), "upstream"
  // (of a batch: what it reads of its own asset failed in the same call); and where
  // its process ended: "signal", "exit", "timeout", "cpu_limit", "memory_limit"
  std::string kind;
  int signal = 0;
  std::string message;
  std::string backtrace;
  std::optional<TaskUsage> usage = std::nullopt;
  bool ended_process = false;
};

struct TaskCheckResult {
  std::string name;
  bool ran = true;
  bool passed = false;
  bool blocking = false;
  bool warning = false;
  std::string reason;
  TaskMetadata metadata;
};

struct TaskResult {
  enum class Status { materialized, failed, skipped, cancelled };
  std::int64_t id = 0;
  Status status = Status::failed;
  std::string reason;  // of skipped and cancelled
  std::optional<TaskFailure> failure;
  TaskMetadata metadata;
  std::string data_version;
  bool has_output = false;
  bool has_temporary = false;
  std::vector<TaskCheckResult> checks;
  std::int64_t started = 0;  // UTC microseconds
  std::int64_t finished = 0;
  std::string log;  // what was captured, the last kMaxCapturedLog bytes
};

inline constexpr std::size_t kMaxCapturedLog = 64U << 10U;

struct InputPartition {
  std::string key;
  std::vector<TaskKey> keys;
  bool materialized = false;
  std::string data_version;
  std::string output_dir;
  TaskMetadata metadata;
};

// The upstream partitions of one dependency that a task maps to.
struct InputData {
  std::string asset;
  std::vector<InputPartition> partitions;
};

// What an executor calls from within wait().
class ExecutorClient {
 public:
  virtual ~ExecutorClient() = default;
  virtual void started(std::int64_t task) = 0;  // may come late, never after finished()
  // Of a task with parts: its fate is that of the parts that were not decided before.
  virtual void finished(TaskResult result) = 0;
  // One part of a task; the result has the part's id.
  virtual void decided(std::int64_t task, TaskResult result) = 0;
  virtual void progressed(std::int64_t task, double fraction, std::string_view text) = 0;
  virtual void printed(std::int64_t task, std::string_view line) = 0;
  // The upstream partitions of the task's partition; of a task with parts, of the one at `part` or,
  // below 0, of all.
  virtual Result<InputData> input(std::int64_t task, int part, std::string_view asset) = 0;
  // Something that people should know of, about all tasks.
  virtual void noticed(std::string_view text) = 0;
};

class Executor {
 public:
  virtual ~Executor() = default;
  // How many tasks may be submitted and not finished. It is more than run at once, so that a slot
  // that becomes free need not ask for the next task.
  virtual std::size_t capacity() const = 0;
  virtual Status submit(Task task) = 0;  // while fewer than capacity() are under way
  // Handles what has come, waiting for it at most `timeout_millis`.
  virtual Status wait(int timeout_millis, ExecutorClient& client) = 0;
  virtual void wake() = 0;  // any thread: ends the wait() that goes on, or else the next
  // Takes back the tasks that have not begun; their ids.
  virtual std::vector<std::int64_t> recall() = 0;
  virtual void cancel() = 0;  // running tasks see cancelled()
  virtual void kill() = 0;    // running tasks end now where the executor can end them
};

struct PluginFile {
  std::string path;  // the immutable copy
  std::string load_hash;
};

// What every task of a run may look up.
struct TaskSettings {
  std::map<std::string, PluginFile> plugins;  // by id
  Json config;     // {"ASSET": {name: value}, "*": {name: value}}: the asset's own value first
  Json resources;  // {"NAME": {field: value}}
  std::string project_directory;  // the working directory of asset code
  std::int64_t run = 0;
  std::string staging;    // where the outputs of its tasks are made
  std::string temporary;  // where their temporary directories are
};

// What a task that exceeded its limit of memory is told to have done.
std::string memory_limit_text(const TaskLimits& limits);

// A task's own directory in one of those.
std::string directory_of(std::string_view directory, std::int64_t task);

}  // namespace partita
