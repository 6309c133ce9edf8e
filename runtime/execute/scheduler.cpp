#include "execute/scheduler.hpp"

#include <fmt/format.h>

#include <deque>
#include <memory>
#include <unordered_map>
#include <utility>

#include "execute/committer.hpp"
#include "execute/readiness.hpp"

namespace partita {
namespace {

using Fate = FinishedPartition::Fate;

Fate fate_of(const TaskResult& result) {
  switch (result.status) {
    case TaskResult::Status::materialized:
      return Fate::materialized;
    case TaskResult::Status::skipped:
      return Fate::skipped;
    case TaskResult::Status::cancelled:
      return Fate::cancelled;
    case TaskResult::Status::failed:
      return Fate::failed;
  }
  return Fate::failed;
}

// What has finished and is not durable yet is bounded: by two commits, one that is written and one
// that fills, so that nothing waits long to be acknowledged.
constexpr std::size_t kMostUncommitted = 768;

class Schedule final : public ExecutorClient {
 public:
  Schedule(const Plan& plan, Executor& executor, RunObserver& observer,
           const ScheduleOptions& options)
      : plan_(plan),
        executor_(executor),
        observer_(observer),
        options_(options),
        readiness_(plan),
        task_assets_(plan.assets.size()),
        committer_(observer, [&executor] { executor.wake(); }) {}

  Result<RunCounts> run() {
    for (;;) {
      obey_interrupts();
      if (Status started = start_ready(); !started) return std::move(started).error();
      record_held();
      observer_.tick();
      if (running_.empty() && committer_.under_way() == 0) break;
      if (Status waited = executor_.wait(kTickMillis, *this); !waited)
        return std::move(waited).error();
      if (Status settled = settle(); !settled) return std::move(settled).error();
    }
    counts_.cancelled += readiness_.not_started();
    return counts_;
  }

  void started(std::int64_t task) override {
    if (const Running* running = find(task)) observer_.started(named(task, *running));
  }

  void finished(TaskResult result) override {
    const auto at = running_.find(result.id);
    if (at == running_.end()) return;
    const Fate fate = fate_of(result);
    if (fate == Fate::failed && options_.fail_fast) stopping_ = true;
    finished_.push_back(take(at));
    finished_.back().fate = fate;
    finished_.back().reason = result.reason;
    finished_.back().result = std::move(result);
  }

  void progressed(std::int64_t task, double fraction, std::string_view text) override {
    if (const Running* running = find(task))
      observer_.progressed(named(task, *running), fraction, text);
  }

  void printed(std::int64_t task, std::string_view line) override {
    if (const Running* running = find(task)) observer_.printed(named(task, *running), line);
  }

  Result<InputData> input(std::int64_t task, std::string_view asset) override {
    const Running* running = find(task);
    if (running == nullptr)
      return Error{ErrorCode::internal, "read input: the task is not running", {}};
    return observer_.input(plan_.assets[running->asset], running->partition, asset);
  }

 private:
  struct Running {
    std::size_t asset = 0;
    Index partition = 0;
    std::string key;
    int attempt = 1;
    std::int64_t read_seq = 0;
  };
  using RunningTasks = std::unordered_map<std::int64_t, Running>;

  const Running* find(std::int64_t task) const {
    const auto at = running_.find(task);
    return at == running_.end() ? nullptr : &at->second;
  }

  RunningPartition named(std::int64_t task, const Running& running) const {
    return {task, plan_.assets[running.asset].def.key, running.key};
  }

  // No longer running: its place in the pool is free.
  FinishedPartition take(RunningTasks::iterator at) {
    FinishedPartition finished;
    finished.task = at->first;
    finished.asset = at->second.asset;
    finished.partition = at->second.partition;
    finished.key = std::move(at->second.key);
    finished.attempt = at->second.attempt;
    finished.read_seq = at->second.read_seq;
    running_.erase(at);
    if (const std::string& pool = plan_.assets[finished.asset].def.pool; !pool.empty())
      --pool_use_[pool];
    return finished;
  }

  void obey_interrupts() {
    const int interrupts = options_.interrupts != nullptr ? options_.interrupts->load() : 0;
    if (interrupts >= 1 && !cancelled_) {
      stopping_ = cancelled_ = true;
      executor_.cancel();
    }
    if (interrupts >= 2 && !killed_) {
      killed_ = true;
      executor_.kill();
    }
    if (stopping_) recall();
  }

  // What waits in the executor has not started, and will not.
  void recall() {
    for (const std::int64_t task : executor_.recall()) {
      const auto at = running_.find(task);
      if (at == running_.end()) continue;
      take(at);
      ++counts_.cancelled;
    }
  }

  bool pool_has_room(std::size_t asset) const {
    const std::string& pool = plan_.assets[asset].def.pool;
    if (pool.empty()) return true;
    const auto limit = options_.pools.find(pool);
    const auto used = pool_use_.find(pool);
    return limit == options_.pools.end() || used == pool_use_.end() || used->second < limit->second;
  }

  bool has_room() const {
    return running_.size() < executor_.capacity() && committer_.under_way() < kMostUncommitted;
  }

  Status start_ready() {
    std::int64_t moment = 0;
    while (!stopping_ && has_room()) {
      const auto next =
          readiness_.pop(options_.newest_first, [&](std::size_t i) { return pool_has_room(i); });
      if (!next) return {};
      if (moment == 0) moment = observer_.moment();
      if (Status started = start(*next, moment); !started) return started;
    }
    return {};
  }

  Status start(const Readiness::Start& next, std::int64_t moment) {
    const PlannedAsset& planned = plan_.assets[next.asset];
    Task task = make_task(next);
    running_.emplace(task.id,
                     Running{next.asset, next.partition, task.partition, task.attempt, moment});
    if (!planned.def.pool.empty()) ++pool_use_[planned.def.pool];
    return executor_.submit(std::move(task));
  }

  Task make_task(const Readiness::Start& next) {
    const PartitionSpace& space = *plan_.assets[next.asset].space;
    Task task;
    task.id = ++last_id_;
    task.asset = task_asset(next.asset);
    task.keys = keys_of(space, next.partition);
    task.partition = task.keys.size() == 1 ? task.keys.front().key : space.key_at(next.partition);
    return task;
  }

  const std::shared_ptr<const TaskAsset>& task_asset(std::size_t asset) {
    std::shared_ptr<const TaskAsset>& known = task_assets_[asset];
    if (known) return known;
    const PlannedAsset& planned = plan_.assets[asset];
    TaskAsset made;
    made.number = static_cast<std::int64_t>(asset);
    made.key = planned.def.key;
    made.plugin = planned.def.plugin;
    for (const Dependency& dep : planned.def.deps) made.deps.push_back(dep.asset);
    made.checks = observer_.checks_on(planned);
    return known = std::make_shared<const TaskAsset>(std::move(made));
  }

  // Has what finished recorded; what waited for what is durable by now starts or is withheld.
  Status settle() {
    committer_.push(std::exchange(finished_, {}));
    auto durable = committer_.take();
    if (!durable) return std::move(durable).error();
    for (const FinishedPartition& one : *durable) {
      count(one.fate);
      observer_.recorded(one);
    }
    release(*durable);
    if (!stopping_) withhold(*durable);
    return {};
  }

  void count(Fate fate) {
    switch (fate) {
      case Fate::materialized:
        ++counts_.materialized;
        break;
      case Fate::failed:
        ++counts_.failed;
        break;
      case Fate::skipped:
        ++counts_.skipped;
        break;
      case Fate::cancelled:
        ++counts_.cancelled;
        break;
      case Fate::upstream_failed:
        ++counts_.upstream_failed;
        break;
    }
  }

  static bool lets_go_on(Fate fate) { return fate == Fate::materialized || fate == Fate::skipped; }
  static bool holds_back(Fate fate) { return fate == Fate::failed || fate == Fate::cancelled; }

  // The partitions of each asset that met such a fate.
  std::map<std::size_t, PartitionSet> sets_of(std::span<const FinishedPartition> finished,
                                              bool (*is_meant)(Fate)) const {
    std::map<std::size_t, std::vector<Index>> indices;
    for (const FinishedPartition& one : finished) {
      if (is_meant(one.fate)) indices[one.asset].push_back(one.partition);
    }
    std::map<std::size_t, PartitionSet> sets;
    for (auto& [asset, list] : indices) {
      sets.emplace(asset,
                   PartitionSet::of_indices(plan_.assets[asset].targets.shape(), std::move(list)));
    }
    return sets;
  }

  void release(std::span<const FinishedPartition> finished) {
    for (const auto& [asset, partitions] : sets_of(finished, &lets_go_on))
      readiness_.succeeded(asset, partitions);
  }

  // Not while the run is being stopped: what did not start then is cancelled, not held back.
  void withhold(std::span<const FinishedPartition> finished) {
    for (const auto& [asset, partitions] : sets_of(finished, &holds_back)) {
      for (const Readiness::Withheld& withheld : readiness_.failed(asset, partitions)) {
        const auto reason = std::make_shared<const std::string>(reason_of(withheld));
        withheld.partitions.for_each_run([&](Run run) {
          held_.push_back({withheld.asset, run, reason});
          return true;
        });
      }
    }
  }

  std::string reason_of(const Readiness::Withheld& withheld) const {
    const PlannedAsset& cause = plan_.assets[withheld.because_asset];
    std::string reason = cause.def.key;
    if (cause.def.partitions.is_partitioned())
      reason += "@" + to_text(withheld.because, *cause.space, 3);
    return reason + " did not succeed";
  }

  struct Held {
    std::size_t asset = 0;
    Run partitions;
    std::shared_ptr<const std::string> reason;
  };

  // Some of what is withheld at a time: it may be a million partitions.
  void record_held() {
    std::vector<FinishedPartition> some;
    while (!held_.empty() && committer_.under_way() + some.size() < kMostUncommitted) {
      Held& held = held_.front();
      some.push_back(held_back(held, held.partitions.begin++));
      if (held.partitions.size() == 0) held_.pop_front();
    }
    committer_.push(std::move(some));
  }

  FinishedPartition held_back(const Held& held, Index partition) const {
    FinishedPartition finished;
    finished.asset = held.asset;
    finished.partition = partition;
    finished.fate = Fate::upstream_failed;
    finished.key = plan_.assets[held.asset].space->key_at(partition);
    finished.reason = *held.reason;
    return finished;
  }

  const Plan& plan_;
  Executor& executor_;
  RunObserver& observer_;
  const ScheduleOptions& options_;
  Readiness readiness_;
  std::vector<std::shared_ptr<const TaskAsset>> task_assets_;  // by index in the plan, once needed
  RunningTasks running_;                                       // and what waits in the executor
  std::map<std::string, int> pool_use_;
  std::vector<FinishedPartition> finished_;
  std::deque<Held> held_;
  RunCounts counts_;
  std::int64_t last_id_ = 0;
  bool stopping_ = false;
  bool cancelled_ = false;
  bool killed_ = false;
  Committer committer_;  // last: its thread ends first
};

}  // namespace

std::vector<TaskKey> keys_of(const PartitionSpace& space, Index partition) {
  std::vector<TaskKey> keys;
  const std::vector<Index> coordinates = space.coordinates(partition);
  for (std::size_t i = 0; i < space.rank(); ++i) {
    const DimensionSpace& dimension = space.dimension(i);
    keys.push_back({space.definition().dimensions[i].name, dimension.key_at(coordinates[i]),
                    dimension.window_at(coordinates[i])});
  }
  return keys;
}

Result<RunCounts> run_plan(const Plan& plan, Executor& executor, RunObserver& observer,
                           const ScheduleOptions& options) {
  return Schedule(plan, executor, observer, options).run();
}

}  // namespace partita
