#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "service/leases.hpp"
#include "service/project_state.hpp"

namespace partita {

Result<CancelView> Project::cancel(std::int64_t run) {
  Result<RunRecord> record = state_->store->run(run);
  if (!record) return std::move(record).error();
  if (record->state != RunState::running) {
    return usage_error(fmt::format("cancel run {}: it has ended ({})", run, to_text(record->state)),
                       fmt::format("`partita run {}` shows what became of it", run));
  }
  const std::int64_t pid = record->pid;
  if (!has_lease(state_->settings, run)) {
    return usage_error(fmt::format("cancel run {}: its process {} does not run it", run, pid),
                       "the next command finds out what became of it");
  }
  if (::kill(static_cast<pid_t>(pid), SIGINT) == 0) return CancelView{run, pid};
  return io_error(
      fmt::format("cancel run {}: signal process {}: {}", run, pid, std::strerror(errno)));
}

}  // namespace partita
