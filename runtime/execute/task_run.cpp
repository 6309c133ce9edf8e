#include "execute/task_run.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/files.hpp"
#include "execute/batch_run.hpp"
#include "execute/run_table.hpp"

namespace partita {
namespace {

// What a status means where the function gave no reason of its own.
std::string default_reason(partita_status status) {
  switch (status) {
    case PARTITA_FAILED:
      return "it failed and gave no reason";
    case PARTITA_RETRY:
      return "it asks for another attempt";
    case PARTITA_NO_MEMORY:
      return "out of memory";
    case PARTITA_NOT_FOUND:
      return "the plugin no longer declares it";
    default:
      return fmt::format("it returned the unexpected status {}", status);
  }
}

std::string reason_or_default(const RunTable& run, partita_status status) {
  return run.reason().empty() ? default_reason(status) : run.reason();
}

TaskFailure failure_of(partita_status status, const RunTable& run, const TaskLimits& limits) {
  if (status == PARTITA_RETRY) return {"retry", 0, reason_or_default(run, status), {}};
  if (status == PARTITA_NO_MEMORY && limits.memory_bytes > 0)
    return {"memory_limit", 0, memory_limit_text(limits), {}};
  return {"error", 0, reason_or_default(run, status), {}};
}

void take_outcome(partita_status status, const RunTable& run, const TaskLimits& limits,
                  TaskResult& result) {
  using Status = TaskResult::Status;
  switch (status) {
    case PARTITA_OK:
      result.status = Status::materialized;
      break;
    case PARTITA_SKIPPED:
      result.status = Status::skipped;
      result.reason = run.reason();
      break;
    case PARTITA_CANCELLED:
      result.status = Status::cancelled;
      result.reason = run.reason().empty() ? "cancelled" : run.reason();
      break;
    default:
      result.failure = failure_of(status, run, limits);
  }
  result.metadata = run.metadata();
  result.data_version = run.data_version();
  result.has_output = run.has_output();
  result.has_temporary = run.has_temporary();
}

// The partition that was just made, as its checks see it: with its output still staged.
InputData just_made(const Task& task, const TaskSettings& settings, const TaskResult& result) {
  InputPartition made;
  made.key = task.partition;
  made.keys = task.keys;
  made.materialized = true;
  made.data_version = result.data_version;
  made.output_dir = result.has_output ? directory_of(settings.staging, task.id) : std::string();
  made.metadata = result.metadata;
  return {task.asset->key, {std::move(made)}};
}

// Nothing: it saw that the run is cancelled, and says nothing of the partition.
std::optional<TaskCheckResult> run_check(const TaskCheck& check, const Task& task,
                                         const LoadedPlugin& plugin, const TaskSettings& settings,
                                         TaskLink& link, TaskResult& made) {
  RunTable run(task, settings, link);
  if (!task.asset->checks_only) run.provide_input(just_made(task, settings, made));
  const partita_status status = plugin.run_check(task.asset->key, check.name, run.abi());
  made.has_temporary = made.has_temporary || run.has_temporary();
  if (status == PARTITA_CANCELLED) return std::nullopt;
  TaskCheckResult result;
  result.name = check.name;
  result.blocking = check.blocking;
  result.warning = check.warning;
  result.ran = status == PARTITA_OK || status == PARTITA_NOT_PASSED;
  result.passed = status == PARTITA_OK;
  result.reason = result.ran ? run.reason() : reason_or_default(run, status);
  result.metadata = run.metadata();
  return result;
}

// A blocking check that did not pass holds the partition back, unless it only warns. Where nothing
// is made there is nothing to hold back: each that does not pass fails.
bool fails(const TaskCheckResult& check, const TaskAsset& asset) {
  return !check.passed && !check.warning && (check.blocking || asset.checks_only);
}

// False: it was cancelled, and so is the partition.
bool take_verdict(std::optional<TaskCheckResult> verdict, const TaskAsset& asset,
                  TaskResult& result) {
  if (!verdict) {
    result.status = TaskResult::Status::cancelled;
    result.reason = "cancelled";
    result.failure.reset();
    return false;
  }
  result.checks.push_back(*std::move(verdict));
  const TaskCheckResult& done = result.checks.back();
  if (!fails(done, asset) || result.failure) return true;
  result.status = TaskResult::Status::failed;
  const std::string why = done.reason.empty() ? "" : ": " + done.reason;
  result.failure =
      TaskFailure{"check", 0, fmt::format("check `{}` did not pass{}", done.name, why), {}};
  return true;
}

void run_checks(const Task& task, const LoadedPlugin& plugin, const TaskSettings& settings,
                TaskLink& link, TaskResult& result) {
  const std::vector<TaskCheck>& checks = task.asset->checks;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    link.checking(i, result.checks);
    if (!take_verdict(run_check(checks[i], task, plugin, settings, link, result), *task.asset,
                      result))
      break;
  }
  if (!checks.empty()) link.checked();
}

void remove_temporary(std::int64_t id, const TaskSettings& settings, TaskLink& link) {
  if (Status removed = remove_tree(directory_of(settings.temporary, id)); !removed)
    link.log(PARTITA_LOG_WARNING, removed.error().message);
}

// One call for all parts. Each is checked and told when it is decided.
class BatchCall {
 public:
  BatchCall(const Task& task, const LoadedPlugin& plugin, const TaskSettings& settings,
            TaskLink& link, const Clock& clock)
      : task_(task), plugin_(plugin), settings_(settings), link_(link), clock_(clock) {}

  void run(TaskResult& result) {
    began_ = clock_.now_micros();
    BatchRun run(task_, settings_, link_, [this](std::size_t part, TaskResult decided) {
      return conclude(part, std::move(decided));
    });
    const partita_status status = plugin_.run_asset(task_.asset->key, run.abi());
    take_outcome(status, run, task_.asset->limits, result);
    if (status == PARTITA_OK) run.commit_rest();
    result.metadata.clear();
    result.data_version.clear();
  }

 private:
  // It took the time since the one before.
  TaskResult::Status conclude(std::size_t part, TaskResult result) {
    Task alone;
    alone.id = result.id;
    alone.attempt = task_.attempt;
    alone.asset = task_.asset;
    alone.partition = task_.parts[part].partition;
    alone.keys = task_.parts[part].keys;
    if (result.status == TaskResult::Status::materialized)
      run_checks(alone, plugin_, settings_, link_, result);
    if (std::exchange(result.has_temporary, false)) remove_temporary(result.id, settings_, link_);
    result.started = began_;
    result.finished = began_ = clock_.now_micros();
    const TaskResult::Status status = result.status;
    link_.decided(std::move(result));
    return status;
  }

  const Task& task_;
  const LoadedPlugin& plugin_;
  const TaskSettings& settings_;
  TaskLink& link_;
  const Clock& clock_;
  std::int64_t began_ = 0;
};

}  // namespace

TaskResult run_task(const Task& task, const LoadedPlugin& plugin, const TaskSettings& settings,
                    TaskLink& link, const Clock& clock) {
  TaskResult result;
  result.id = task.id;
  result.started = clock.now_micros();
  const std::int64_t began = clock.monotonic_micros();
  if (task.asset->checks_only) {
    result.status = TaskResult::Status::materialized;
    run_checks(task, plugin, settings, link, result);
  } else if (!task.parts.empty()) {
    BatchCall(task, plugin, settings, link, clock).run(result);
  } else {
    RunTable run(task, settings, link);
    take_outcome(plugin.run_asset(task.asset->key, run.abi()), run, task.asset->limits, result);
    if (result.status == TaskResult::Status::materialized)
      run_checks(task, plugin, settings, link, result);
  }
  if (result.has_temporary) remove_temporary(task.id, settings, link);
  result.finished = result.started + (clock.monotonic_micros() - began);
  return result;
}

std::string format_log_line(int level, std::string_view text) {
  switch (level) {
    case PARTITA_LOG_DEBUG:
      return fmt::format("[debug] {}", text);
    case PARTITA_LOG_WARNING:
      return fmt::format("[warning] {}", text);
    case PARTITA_LOG_ERROR:
      return fmt::format("[error] {}", text);
    default:
      return std::string(text);
  }
}

}  // namespace partita
