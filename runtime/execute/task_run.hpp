// Runs one task with a loaded plugin: builds the partita_run that the asset's function sees, calls
// it, then the asset's checks, and gathers the result.
//
// Works the same in a worker process and on a thread of the host; what it needs of the host goes
// through a TaskLink. One TaskRun per task, on the thread that runs it.
#pragma once

#include <span>
#include <string_view>

#include "base/clock.hpp"
#include "execute/executor.hpp"
#include "plugin/loaded_plugin.hpp"

namespace partita {

// What a running task asks of the host and tells it. Called from the task's threads, under a lock.
class TaskLink {
 public:
  virtual ~TaskLink() = default;
  virtual void log(int level, std::string_view text) = 0;
  virtual void progress(double fraction, std::string_view text) = 0;
  virtual bool cancelled() = 0;
  // Of one part of a batch; below 0: of the whole task.
  virtual Result<InputData> input(int part, std::string_view asset) = 0;
  virtual void decided(TaskResult result) = 0;  // one part of a batch
  // The check at that position of the asset's begins; what those before it came to. And: the last
  // one has ended. For who has to tell of it should the process end meanwhile.
  virtual void checking(std::size_t /*position*/, std::span<const TaskCheckResult> /*before*/) {}
  virtual void checked() {}
};

// Where only checks run, those of error severity have to pass; what they check is asked for through
// the link.
TaskResult run_task(const Task& task, const LoadedPlugin& plugin, const TaskSettings& settings,
                    TaskLink& link, const Clock& clock);

// `[warning] text`, as a captured log shows it.
std::string format_log_line(int level, std::string_view text);

}  // namespace partita
