#include <cstdlib>

#include "execute/task_claims.hpp"
#include "service/leases.hpp"
#include "service/outputs.hpp"
#include "service/project_state.hpp"

namespace partita {
namespace {

constexpr std::int64_t kWorkersPatienceMillis = 10'000;

// What runs that have ended left in a directory where each has one of its number.
std::vector<Path> left_in(const Settings& settings, const Path& directory) {
  std::vector<Path> left;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(directory, failed)) {
    const std::string name = entry.path().filename().string();
    if (!has_lease(settings, std::strtoll(name.c_str(), nullptr, 10))) left.push_back(entry.path());
  }
  return left;
}

Status sweep(const Settings& settings, const Path& directory) {
  for (const Path& path : left_in(settings, directory)) {
    if (Status swept = remove_tree(path); !swept) return swept;
  }
  return {};
}

}  // namespace

Result<std::vector<RunRow>> recover(const Settings& settings, Store& store) {
  Result<std::optional<FileLock>> lock = FileLock::try_acquire(admission_file(settings));
  if (!lock) return std::move(lock).error();
  if (!lock->has_value()) return std::vector<RunRow>();
  return recover_locked(settings, store);
}

Result<FileLock> lock_out_and_recover(const Patience& patience, const Settings& settings,
                                      Store& store) {
  Result<FileLock> lock = lock_out_runs(settings, patience.no_wait, patience.waiting);
  if (!lock) return lock;
  if (auto recovered = recover_locked(settings, store); !recovered)
    return std::move(recovered).error();
  return lock;
}

Result<std::vector<RunRow>> recover_locked(const Settings& settings, Store& store) {
  for (const Path& path : left_in(settings, settings.state / "tmp")) {
    if (Status ended = await_workers(path, kWorkersPatienceMillis); !ended)
      return std::move(ended).error();
  }
  Result<std::vector<RunRecord>> dead =
      store.close_abandoned_runs([&](const RunRecord& run) { return has_lease(settings, run.id); });
  if (!dead) return std::move(dead).error();
  std::vector<RunRow> rows;
  for (const RunRecord& run : *dead) rows.push_back(to_row(run, run.finished));
  Result<std::vector<RunRecord>> living = store.runs_under_way();
  if (!living) return std::move(living).error();
  if (Status published = publish_pending(settings, store, *living); !published)
    return std::move(published).error();
  for (const char* name : {"staging", "tmp"}) {
    if (Status swept = sweep(settings, settings.state / name); !swept)
      return std::move(swept).error();
  }
  if (Status swept = sweep_leases(settings); !swept) return std::move(swept).error();
  return rows;
}

}  // namespace partita
