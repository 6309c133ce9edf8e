// A Project: every verb of Partita, once. The shell and the page call these and print the answer.
//
// It wires the store, the definitions, the planner and the executors together, and is the only user
// of the store. One thread. Verbs that read take the catalog as it is after a rescan of the
// definitions (unless `locked`), which costs microseconds when nothing changed.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/zygote.hpp"
#include "service/settings.hpp"
#include "service/views.hpp"

namespace partita {

struct ProjectOptions {
  Path directory;  // where to look for partita.toml, upwards; empty: the working directory
  std::optional<Instant> as_of;     // --as-of; else the clock's now, taken once
  std::vector<std::string> config;  // --config options
  std::optional<Isolation> isolation;
  bool locked = false;           // --locked: the stored generation, without a rescan
  Zygote* zygote = nullptr;      // borrowed; null only with Isolation::none
  const Clock* clock = nullptr;  // borrowed; null: the system's
};

// News of a run, as it happens, on the thread that called materialize().
class RunListener {
 public:
  struct Partition {
    std::int64_t task = 0;
    std::string_view asset, key;
  };
  virtual ~RunListener() = default;
  virtual void waiting_for(std::int64_t run,
                           std::int64_t pid) = 0;  // another process runs; ours waits
  virtual void planned(std::int64_t run, const PlanView& plan,
                       double eta_seconds) = 0;  // eta 0: unknown
  virtual void started(const Partition& partition) = 0;
  virtual void progressed(const Partition& partition, double fraction, std::string_view text) = 0;
  virtual void printed(const Partition& partition, std::string_view line) = 0;
  // Durable by then. `partition.task` is 0 for one that was held back.
  virtual void finished(const Partition& partition, const AttemptView& attempt) = 0;
  // It failed, durably, and is attempted again.
  virtual void retrying(const Partition& partition, const AttemptView& attempt,
                        double after_seconds) = 0;
  virtual void ended(const Partition& batch) = 0;  // its partitions are told one by one
  virtual void noticed(std::string_view text) = 0;
  virtual void tick() = 0;  // about ten times a second
};

struct MaterializeRequest {
  std::string selection;
  std::string partition;        // --partition KEY
  std::string partition_range;  // --partition-range A...B
  // Of what is selected: what is missing, failed or stale, or was made by other code though no code
  // version is declared, as far as asked for, or all of it.
  bool missing = false, failed = false, stale = false, recoded = false, all = false;
  bool upstream_missing = false;
  bool allow_missing_upstream = false;
  int jobs = 0;  // 0: the settings'
  // Which of an asset's partitions go first; listed: those that the selection names first.
  enum class Order { oldest, newest, listed };
  Order order = Order::oldest;
  std::int64_t most_failures = 0;                // start nothing more after so many; 0: go on
  std::map<std::string, int> most_by_dimension;  // --max DIMENSION=N
  double timeout = 0;                            // seconds for the run; 0: none
  bool no_wait = false;  // ErrorCode::lease_held instead of waiting for another run
  const std::atomic<int>* interrupts = nullptr;  // see ScheduleOptions
};

struct PartitionsRequest {
  std::string asset;
  std::string selection;  // partitions, as after `@`; empty: all
  std::optional<DisplayStatus> status;
  std::int64_t limit = 50;  // 0: all
  std::string cursor;
  bool orphans = false;  // those that are known and that the definition does not have, unpaged
};

// All of it is added, or nothing.
struct DynamicAddition {
  std::vector<std::string> keys;
  std::map<std::string, Json> metadata;  // of some of the keys: an object, in place of what was
};

// Materializations that were done elsewhere.
struct ReportRequest {
  std::string asset;
  std::vector<std::string> keys;   // of partitions; none: the asset is not partitioned
  std::string data_version;        // empty: unlike any other
  Json metadata = Json::object();  // plain values by name
};

// Checks to run on their own.
struct CheckRequest {
  std::string selection;
  std::string partition, partition_range;  // as of MaterializeRequest
  std::vector<std::string> checks;         // by name; none: all
  // Only partitions of which some of these checks has not run yet, or did not pass last.
  bool missing = false, failed = false;
};

// Of what goes on only while no run lives.
struct Patience {
  bool no_wait = false;  // ErrorCode::lease_held instead of waiting for a run
  std::function<void(std::int64_t pid)> waiting = [](std::int64_t) {};  // for that process's run
};

// Partitions whose materializations are to be forgotten.
struct WipeRequest {
  std::string selection;
  bool orphans = false;  // the selection is an asset: those that its definition no longer has
  Patience patience;
};

// A key of a dynamic set that is to get another name.
struct RenameRequest {
  std::string set, from, to;
  Patience patience;
};

class Project {
 public:
  static Result<std::unique_ptr<Project>> open(const ProjectOptions& options);
  ~Project();
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  const Settings& settings() const;
  // An error where a --config is for an asset that there is not.
  Status check_flags() const;
  // What the rescan at open() took over, if it changed anything or found a problem that is new; and
  // runs found interrupted.
  const std::optional<ReloadView>& taken_over() const;
  // What a rescan would have taken over, where a dev runs and does so itself.
  const std::optional<ReloadView>& left_to_dev() const;
  const std::vector<RunRow>& found_interrupted() const;

  Result<ListView> list(std::string_view selection);  // empty: all
  Result<OrphanedAssetsView> orphaned_assets();
  Result<AssetView> show(std::string_view asset);
  Result<PartitionsView> partitions(const PartitionsRequest& request);
  Result<StatusView> status();

  // Also of files that failed before. A dev that runs is told.
  Result<ReloadView> reload(bool dry_run);
  Result<ReloadView> check();  // loads everything afresh and validates it

  Result<PlanView> plan(const MaterializeRequest& request);
  Result<FrozenPlan> freeze(const MaterializeRequest& request);
  Result<MaterializeView> materialize(const MaterializeRequest& request, RunListener& listener);

  // What run_checks() would check.
  Result<PlanView> plan_checks(const CheckRequest& request);
  // The checks of the selected assets on what of the selected partitions is materialized, as a run
  // of its own; it fails where a check of error severity does not pass. `how` as for apply().
  Result<MaterializeView> run_checks(const CheckRequest& request, const MaterializeRequest& how,
                                     RunListener& listener);

  // Records them as a run of its own, whether or not another run lasts: all, or none.
  Result<ReportView> report(const ReportRequest& request);

  // The plan that freeze() wrote, unless what it rests on has moved (ErrorCode::plan_moved). `how`
  // says how to run, as for the next two.
  Result<MaterializeView> apply(std::string_view plan, const MaterializeRequest& how,
                                RunListener& listener);
  // What of a run's plan did not succeed, then or since: its keys, its time, today's code.
  Result<MaterializeView> retry(std::int64_t run, const MaterializeRequest& how,
                                RunListener& listener);
  // What a run that was interrupted or cancelled did not come to, in that run: its code, too.
  Result<MaterializeView> resume(std::int64_t run, const MaterializeRequest& how,
                                 RunListener& listener);

  // `partition`: ASSET@KEY, or ASSET where it is not partitioned. With at most so many attempts, 0
  // for all. Of an asset that no definition has any more, as for the queries above, what is kept of
  // it.
  Result<ExplainView> explain(std::string_view partition, std::int64_t most_attempts);

  // What wipe() would forget.
  Result<WipeView> plan_wipe(const WipeRequest& request);
  // Forgets them: they are missing from then on. Outputs are set aside, the history stays.
  Result<WipeView> wipe(const WipeRequest& request);
  // Brings back what a wipe took, but for partitions that were materialized since. 0: the newest
  // that was not undone. Of the request only how to wait counts.
  Result<UndoneWipeView> undo_wipe(std::int64_t wipe, const WipeRequest& request);
  Result<std::vector<WipeRow>> wipes();  // newest first
  // Removes the outputs that a wipe set aside, 0 for all wipes; says of which there were any.
  Result<std::vector<std::int64_t>> purge_wipes(std::int64_t wipe, const WipeRequest& request);

  // Asks the process that runs it to stop, and does not wait. Refuses a run that is not running.
  Result<CancelView> cancel(std::int64_t run);

  Result<std::vector<RunRow>> runs(std::int64_t limit, std::int64_t before);
  // At most `limit` of its partitions, 0 for all; only the failed ones if asked for.
  Result<RunView> run(std::int64_t run, std::int64_t limit, bool failed_only = false);
  // Captured output, each piece with the partition it belongs to: of those that have ended, and
  // if asked for of those that run now, so far. `partition`: ASSET@KEY, or empty.
  struct LogPiece {
    std::string asset, key, text;
    DisplayStatus status = DisplayStatus::missing;
    int attempt = 1;            // in the run
    std::string with_key = {};  // of a batch whose output is kept with that partition
  };
  enum class LogsOf { ended, ended_and_running };
  Result<std::vector<LogPiece>> logs(std::int64_t run, std::string_view partition,
                                     LogsOf which = LogsOf::ended);
  // What the attempt of that number at the one partition printed.
  Result<std::vector<LogPiece>> logs_of_attempt(std::int64_t run, std::string_view partition,
                                                int attempt);
  // Of a run that goes on: what the partitions that run have printed so far, then each line as it
  // is printed; and of partitions that were not heard of so, when the run has ended, all that they
  // printed since. `partition` as of logs().
  struct LogLine {
    std::string_view asset, key, text;
  };
  Status follow_logs(std::int64_t run, std::string_view partition,
                     const std::function<void(const LogLine&)>& line,
                     const std::atomic<int>& interrupts);

  Result<std::vector<DynamicSetRow>> dynamic_sets();
  Result<DynamicSetView> dynamic_set(std::string_view set);
  // How many were new. Refuses keys that an asset with the set cannot have, and a key given twice.
  Result<std::int64_t> add_dynamic(std::string_view set, const DynamicAddition& addition);
  Result<std::int64_t> remove_dynamic(std::string_view set, std::span<const std::string> keys);
  // The key keeps its place, its metadata and all that is known of its partitions, whatever asset
  // they are of; their outputs are moved.
  Result<RenameView> rename_dynamic(const RenameRequest& request);

 private:
  struct State;
  explicit Project(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace partita
