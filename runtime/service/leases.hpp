// Leases: what a run is to make, no other run makes meanwhile.
//
// The lease of a run is the record of what it planned, together with a lock on a file that the
// kernel releases however its process ends: there is no heartbeat to miss, and what a dead run has
// left can be taken over at once. Leases are taken all together while the run begins, under one
// lock of the project (admission), so that runs never wait for each other in a circle. Nothing of
// it is kept in the store.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "service/file_lock.hpp"
#include "service/settings.hpp"
#include "service/snapshot.hpp"

namespace partita {

// While it is held nobody else begins a run, or changes what a run rests on.
Path admission_file(const Settings& settings);

// From begin_run() or resume_run(), under the admission lock, to the end of the run.
class Lease {
 public:
  static Result<Lease> take(const Settings& settings, RunId run);
  Lease(Lease&& other) noexcept = default;
  Lease& operator=(Lease&& other) = delete;
  ~Lease();

 private:
  Lease(Path file, FileLock lock) : file_(std::move(file)), lock_(std::move(lock)) {}

  Path file_;  // empty: moved from
  FileLock lock_;
};

// Whether the process of the run lives, and runs it.
bool has_lease(const Settings& settings, RunId run);
// Those of runs that have ended leave files; under the admission lock.
Status sweep_leases(const Settings& settings);

// The admission lock, once no run lives. `waiting` is told once, the process id of who is waited
// for; with `no_wait` that is ErrorCode::lease_held.
Result<FileLock> lock_out_runs(const Settings& settings, bool no_wait,
                               const std::function<void(std::int64_t pid)>& waiting);

// Why a plan has to wait, and for which run.
struct Conflict {
  RunRecord run;
  std::string what;  // `orders@2024-01-01`, `pool db`
};

// A run that lives, and what it had still to make, by asset, when it was looked at.
struct LiveRun {
  RunRecord run;
  PartitionsByAsset left;
};
// Under the admission lock.
Result<std::vector<LiveRun>> live_runs(const Settings& settings, Snapshot& snapshot, Store& store);

// A run that lives and has still to make what the plan makes or reads, or that shares a pool with
// it, or an asset that is exclusive or reads itself: which of its partitions one call made, and so
// read as they came to be, is told by when it began. That one is reading what the plan will make is
// no conflict: what it makes of it is stale then, and known to be. A run that only checks makes
// nothing: it shares pools and takes turns at what is exclusive.
//
// They were looked at before the plan was made: what one of them has made in between is then still
// among what it has left, and not overlooked where the plan has it, too.
Result<std::optional<Conflict>> conflict_with(const Plan& plan, const std::vector<LiveRun>& live,
                                              Snapshot& snapshot);

}  // namespace partita
