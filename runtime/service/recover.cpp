#include <sys/stat.h>

#include "execute/task_claims.hpp"
#include "service/outputs.hpp"
#include "service/project_state.hpp"
#include "service/run_lock.hpp"

namespace partita {
namespace {

constexpr std::int64_t kWorkersPatienceMillis = 10'000;

}  // namespace

Result<std::vector<RunRow>> recover(const Settings& settings, Store& store) {
  Result<std::optional<RunLock>> lock = RunLock::try_acquire(settings.state / "run.lock");
  if (!lock) return std::move(lock).error();
  if (!lock->has_value()) return std::vector<RunRow>();
  return recover_locked(settings, store);
}

Result<std::vector<RunRow>> recover_locked(const Settings& settings, Store& store) {
  if (Status ended = await_workers(settings.state / "tmp", kWorkersPatienceMillis); !ended)
    return std::move(ended).error();
  Result<std::vector<RunRecord>> abandoned =
      store.close_abandoned_runs([](std::int64_t) { return false; });
  if (!abandoned) return std::move(abandoned).error();
  std::vector<RunRow> rows;
  for (const RunRecord& run : *abandoned) rows.push_back(to_row(run));
  if (Status published = publish_pending(store); !published) return std::move(published).error();
  for (const char* name : {"staging", "tmp"}) {
    if (Status swept = remove_tree(settings.state / name); !swept) return std::move(swept).error();
  }
  return rows;
}

}  // namespace partita
