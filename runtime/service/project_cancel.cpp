#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "service/project_state.hpp"
#include "service/run_lock.hpp"

namespace partita {

// Whoever holds the run lock is alive, and runs what is recorded as running.
Result<CancelView> Project::cancel(std::int64_t run) {
  Result<RunRecord> record = state_->store->run(run);
  if (!record) return std::move(record).error();
  if (record->state != RunState::running) {
    return usage_error(fmt::format("cancel run {}: it has ended ({})", run, to_text(record->state)),
                       fmt::format("`partita run {}` shows what became of it", run));
  }
  Result<std::optional<RunLock>> lock = RunLock::try_acquire(state_->run_lock_file());
  if (!lock) return std::move(lock).error();
  const std::int64_t pid = record->pid;
  if (lock->has_value() || RunLock::holder(state_->run_lock_file()) != pid) {
    return usage_error(fmt::format("cancel run {}: its process {} does not run it", run, pid),
                       "the next command finds out what became of it");
  }
  if (::kill(static_cast<pid_t>(pid), SIGINT) == 0) return CancelView{run, pid};
  return io_error(
      fmt::format("cancel run {}: signal process {}: {}", run, pid, std::strerror(errno)));
}

}  // namespace partita
