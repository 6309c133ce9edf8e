#include "execute/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

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

class Schedule final : public ExecutorClient {
 public:
  Schedule(const Plan& plan, Executor& executor, RunObserver& observer,
           const ScheduleOptions& options)
      : plan_(plan),
        executor_(executor),
        observer_(observer),
        options_(options),
        readiness_(plan) {}

  Result<RunCounts> run() {
    for (;;) {
      obey_interrupts();
      if (Status started = start_ready(); !started) return std::move(started).error();
      observer_.tick();
      if (running_.empty()) break;
      if (Status waited = executor_.wait(kTickMillis, *this); !waited)
        return std::move(waited).error();
      if (Status settled = settle(); !settled) return std::move(settled).error();
    }
    counts_.cancelled += readiness_.not_started();
    return counts_;
  }

  void finished(TaskResult result) override {
    const auto at = running_.find(result.id);
    if (at == running_.end()) return;
    Running& done = at->second;
    const Fate fate = fate_of(result);
    if (fate == Fate::failed && options_.fail_fast) stopping_ = true;
    --pool_use_[plan_.assets[done.asset].def.pool];
    finished_.push_back(
        {done.asset, done.partition, fate, result.reason, std::move(result), done.task.get()});
    finished_tasks_.push_back(std::move(done.task));
    running_.erase(at);
  }

  void progressed(std::int64_t task, double fraction, std::string_view text) override {
    if (const Running* running = find(task)) observer_.progressed(*running->task, fraction, text);
  }

  void printed(std::int64_t task, std::string_view line) override {
    if (const Running* running = find(task)) observer_.printed(*running->task, line);
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
    std::unique_ptr<Task> task;
  };

  const Running* find(std::int64_t task) const {
    const auto at = running_.find(task);
    return at == running_.end() ? nullptr : &at->second;
  }

  void obey_interrupts() {
    const int interrupts = options_.interrupts != nullptr ? options_.interrupts->load() : 0;
    if (interrupts >= 1 && !stopping_) {
      stopping_ = true;
      executor_.cancel();
    }
    if (interrupts >= 2 && !killed_) {
      killed_ = true;
      executor_.kill();
    }
  }

  bool pool_has_room(std::size_t asset) const {
    const std::string& pool = plan_.assets[asset].def.pool;
    const auto limit = options_.pools.find(pool);
    if (pool.empty() || limit == options_.pools.end()) return true;
    const auto used = pool_use_.find(pool);
    return used == pool_use_.end() || used->second < limit->second;
  }

  Status start_ready() {
    while (!stopping_ && running_.size() < executor_.slots()) {
      const auto next =
          readiness_.pop(options_.newest_first, [&](std::size_t i) { return pool_has_room(i); });
      if (!next) return {};
      if (Status started = start(*next); !started) return started;
    }
    return {};
  }

  Status start(const Readiness::Start& next) {
    const PlannedAsset& planned = plan_.assets[next.asset];
    auto task = std::make_unique<Task>(make_task(planned, next.partition));
    task->id = ++last_id_;
    observer_.prepare(planned, next.partition, *task);
    if (Status submitted = executor_.submit(*task); !submitted) return submitted;
    ++pool_use_[planned.def.pool];
    observer_.started(*task);
    const std::int64_t id = task->id;
    running_.emplace(id, Running{next.asset, next.partition, std::move(task)});
    return {};
  }

  static Task make_task(const PlannedAsset& planned, Index partition) {
    Task task;
    task.asset = planned.def.key;
    task.plugin = planned.def.plugin;
    task.partition = planned.space->key_at(partition);
    task.keys = keys_of(*planned.space, partition);
    for (const Dependency& dep : planned.def.deps) task.deps.push_back(dep.asset);
    return task;
  }

  // Records what has finished, then lets what waited for it start or withholds it.
  Status settle() {
    if (finished_.empty()) return {};
    std::vector<FinishedPartition> batch;
    batch.swap(finished_);
    const auto tasks = std::move(finished_tasks_);
    finished_tasks_.clear();
    if (Status recorded = observer_.record(batch); !recorded) return recorded;
    for (const FinishedPartition& one : batch) count(one.fate);
    release(batch);
    return withhold(batch);
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

  // The batch's partitions of each asset that let (or do not let) their descendants go on.
  std::map<std::size_t, PartitionSet> sets_of(std::span<const FinishedPartition> batch,
                                              bool going_on) const {
    std::map<std::size_t, std::vector<Index>> indices;
    for (const FinishedPartition& one : batch) {
      if (lets_go_on(one.fate) == going_on) indices[one.asset].push_back(one.partition);
    }
    std::map<std::size_t, PartitionSet> sets;
    for (auto& [asset, list] : indices) {
      sets.emplace(asset,
                   PartitionSet::of_indices(plan_.assets[asset].targets.shape(), std::move(list)));
    }
    return sets;
  }

  void release(std::span<const FinishedPartition> batch) {
    for (const auto& [asset, partitions] : sets_of(batch, true))
      readiness_.succeeded(asset, partitions);
  }

  // Not while the run is being stopped: what did not start then is cancelled, not held back.
  Status withhold(std::span<const FinishedPartition> batch) {
    if (stopping_) return {};
    std::vector<FinishedPartition> held;
    for (const auto& [asset, partitions] : sets_of(batch, false)) {
      for (const Readiness::Withheld& withheld : readiness_.failed(asset, partitions))
        add_withheld(withheld, held);
    }
    if (held.empty()) return {};
    counts_.upstream_failed += static_cast<Index>(held.size());
    return observer_.record(held);
  }

  void add_withheld(const Readiness::Withheld& withheld,
                    std::vector<FinishedPartition>& held) const {
    const PlannedAsset& cause = plan_.assets[withheld.because_asset];
    std::string reason = cause.def.key;
    if (cause.def.partitions.is_partitioned())
      reason += "@" + to_text(withheld.because, *cause.space, 3);
    reason += " did not succeed";
    withheld.partitions.for_each([&](Index partition) {
      held.push_back({withheld.asset, partition, Fate::upstream_failed, reason, {}, nullptr});
      return true;
    });
  }

  const Plan& plan_;
  Executor& executor_;
  RunObserver& observer_;
  const ScheduleOptions& options_;
  Readiness readiness_;
  std::map<std::int64_t, Running> running_;
  std::map<std::string, int> pool_use_;
  std::vector<FinishedPartition> finished_;
  std::vector<std::unique_ptr<Task>> finished_tasks_;
  RunCounts counts_;
  std::int64_t last_id_ = 0;
  bool stopping_ = false;
  bool killed_ = false;
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
