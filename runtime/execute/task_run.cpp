#include "execute/task_run.hpp"

#include <fmt/format.h>

#include "base/files.hpp"
#include "execute/run_table.hpp"

namespace partita {
namespace {

// What a status means where the function gave no reason of its own.
std::string default_reason(partita_status status) {
  switch (status) {
    case PARTITA_FAILED:
      return "it failed and gave no reason";
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

void take_outcome(partita_status status, const RunTable& run, TaskResult& result) {
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
      result.failure = TaskFailure{"error", 0, reason_or_default(run, status), {}};
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

TaskCheckResult run_check(const TaskCheck& check, const Task& task, const LoadedPlugin& plugin,
                          const TaskSettings& settings, TaskLink& link, TaskResult& made) {
  RunTable run(task, settings, link);
  run.provide_input(just_made(task, settings, made));
  const partita_status status = plugin.run_check(task.asset->key, check.name, run.abi());
  TaskCheckResult result;
  result.name = check.name;
  result.blocking = check.blocking;
  result.warning = check.warning;
  result.ran = status == PARTITA_OK || status == PARTITA_NOT_PASSED;
  result.passed = status == PARTITA_OK;
  result.reason = result.ran ? run.reason() : reason_or_default(run, status);
  result.metadata = run.metadata();
  made.has_temporary = made.has_temporary || run.has_temporary();
  return result;
}

// A blocking check that did not pass holds the partition back, unless it only warns.
bool holds_back(const TaskCheckResult& check) {
  return check.blocking && !check.warning && !check.passed;
}

void run_checks(const Task& task, const LoadedPlugin& plugin, const TaskSettings& settings,
                TaskLink& link, TaskResult& result) {
  for (const TaskCheck& check : task.asset->checks) {
    result.checks.push_back(run_check(check, task, plugin, settings, link, result));
    const TaskCheckResult& done = result.checks.back();
    if (!holds_back(done) || result.failure) continue;
    result.status = TaskResult::Status::failed;
    const std::string why = done.reason.empty() ? "" : ": " + done.reason;
    result.failure =
        TaskFailure{"check", 0, fmt::format("check `{}` did not pass{}", check.name, why), {}};
  }
}

}  // namespace

TaskResult run_task(const Task& task, const LoadedPlugin& plugin, const TaskSettings& settings,
                    TaskLink& link, const Clock& clock) {
  TaskResult result;
  result.id = task.id;
  result.started = clock.now_micros();
  const std::int64_t began = clock.monotonic_micros();
  {
    RunTable run(task, settings, link);
    take_outcome(plugin.run_asset(task.asset->key, run.abi()), run, result);
  }
  if (result.status == TaskResult::Status::materialized)
    run_checks(task, plugin, settings, link, result);
  if (result.has_temporary) {
    if (Status removed = remove_tree(directory_of(settings.temporary, task.id)); !removed)
      link.log(PARTITA_LOG_WARNING, removed.error().message);
  }
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
