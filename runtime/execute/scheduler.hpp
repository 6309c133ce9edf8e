// Runs a plan on an executor: starts each partition as soon as the upstream partitions it maps to
// are done, withholds the descendants of a failure, and lets everything else go on.
//
// It knows neither the store nor the terminal: a RunObserver does. Dependencies are never stored as
// edges: what is ready is found by set algebra over the mappings. One thread, and the committer's.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "execute/executor.hpp"
#include "plan/plan.hpp"

namespace partita {

// A partition whose fate is known.
struct FinishedPartition {
  // Where only checks ran, `materialized` says that they passed.
  enum class Fate { materialized, failed, skipped, cancelled, upstream_failed };
  std::size_t asset = 0;  // in Plan::assets
  Index partition = 0;
  Fate fate = Fate::failed;
  std::string key;
  std::string reason;     // upstream_failed: which one
  std::int64_t task = 0;  // 0: it never started
  int attempt = 1;
  std::int64_t read_seq = 0;  // RunObserver::moment() when it was started
  // Seconds until it is attempted again: this failure is not its end.
  std::optional<double> retry_after;
  TaskResult result;  // neutral where it never started
};

// A partition that runs, for those who show it.
struct RunningPartition {
  std::int64_t task = 0;
  std::string_view asset, key;
};

// What is not done of one of the plan's assets.
struct AssetActivity {
  std::size_t asset = 0;  // in Plan::assets
  PartitionSet running;   // has begun, as far as the executor has told, and is not durable
  PartitionSet left;      // that, and what is still to begin
};

// For those who look at a run while it goes on.
class RunActivity {
 public:
  virtual ~RunActivity() = default;
  // Of every asset of the plan. Costs as much as there are tasks and runs of partitions.
  virtual std::vector<AssetActivity> activity() const = 0;
};

// record() is called on the committer's thread, all else on the scheduler's.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  // Makes all of them durable, and publishes outputs, before it returns: descendants start after
  // it. Gives a materialization without a data version the one that is recorded of it, so that
  // recorded() has it.
  virtual Status record(std::span<FinishedPartition> finished) = 0;
  virtual void recorded(const FinishedPartition& finished) = 0;  // it is durable
  // A number that says what is durable by now: what a task reads that is started now.
  virtual std::int64_t moment() = 0;
  // Of a conditional partition of the plan's asset: whether what it reads has changed.
  virtual Result<bool> is_needed(std::size_t asset, Index partition) = 0;
  // The upstream partitions of `asset` that the partitions map to; where only checks run, of the
  // asset itself the partitions as they are.
  virtual Result<InputData> input(const PlannedAsset& planned, Run partitions,
                                  std::string_view asset) = 0;
  virtual std::vector<TaskCheck> checks_on(const PlannedAsset& planned) = 0;
  virtual void started(const RunningPartition& partition) = 0;
  virtual void progressed(const RunningPartition& partition, double fraction,
                          std::string_view text) = 0;
  virtual void printed(const RunningPartition& partition, std::string_view line) = 0;
  // A batch of partitions no longer runs; each of them is told for itself.
  virtual void ended(const RunningPartition& batch) = 0;
  // Something that people should know of, about more than one partition.
  virtual void noticed(std::string_view text) = 0;
  // At least every kTickMillis while the run lasts.
  virtual void tick(const RunActivity& run) = 0;
};

inline constexpr int kTickMillis = 100;

// The keys and windows of one partition, dimension by dimension.
std::vector<TaskKey> keys_of(const PartitionSpace& space, Index partition);

struct ScheduleOptions {
  std::map<std::string, int> pools;  // slots by name; a pool without an entry is unlimited
  // How many partitions that share a value of a dimension run at once, by the dimension's name.
  std::map<std::string, int> most_by_dimension;
  bool newest_first = false;
  Index most_failures = 0;  // after so many nothing more starts; 0: no matter how many
  // After so many ends of worker processes in a row that are one asset's doing, what is left of it
  // is held back; 0: no matter how many.
  int most_worker_deaths = 0;
  double timeout = 0;            // seconds for the whole run; 0: none
  const Clock* clock = nullptr;  // borrowed; null: the system's
  // How often the user has interrupted: 1 starts nothing more, 2 ends what runs. Borrowed; may be
  // null.
  const std::atomic<int>* interrupts = nullptr;
};

struct RunCounts {
  Index materialized = 0;
  Index failed = 0;
  Index skipped = 0;
  Index cancelled = 0;    // what never started included
  Index not_started = 0;  // of what is cancelled, what was stopped before it began: not recorded
  Index cut_short = 0;    // of what failed, what was stopped before it was attempted again
  Index unchanged = 0;    // conditional ones that nothing asked for
  Index upstream_failed = 0;  // what the plan held back is not included
  bool timed_out = false;
};

// What still runs when the run's time is over may see that it is cancelled, and is killed after
// this.
inline constexpr double kTimeoutGraceSeconds = 5;

// Fails only where the run cannot go on: the store or the executor refused.
Result<RunCounts> run_plan(const Plan& plan, Executor& executor, RunObserver& observer,
                           const ScheduleOptions& options);

}  // namespace partita
