#include "execute/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "base/text.hpp"
#include "execute/attempt_ends.hpp"
#include "execute/committer.hpp"
#include "execute/held_back.hpp"
#include "execute/readiness.hpp"
#include "execute/running_tasks.hpp"
#include "execute/stop_rules.hpp"
#include "execute/task_maker.hpp"
#include "execute/worker_deaths.hpp"

namespace partita {
namespace {

using Fate = FinishedPartition::Fate;

// What has finished and is not durable yet is bounded: by two commits, one that is written and one
// that fills, so that nothing waits long to be acknowledged.
constexpr std::size_t kMostUncommitted = 768;

// Of batches fewer are under way than of single partitions, so that their keys do not pile up; but
// never so few that somebody waits for work.
constexpr Index kMostUnderWay = 1 << 18;
constexpr std::size_t kFewTasks = 64;

// Empty where its asset does not read itself.
std::vector<std::vector<std::int64_t>> own_reads_of(const Task& task) {
  std::vector<std::vector<std::int64_t>> reads;
  const auto is_any = [](const TaskPart& part) { return !part.reads.empty(); };
  if (std::none_of(task.parts.begin(), task.parts.end(), is_any)) return reads;
  for (const TaskPart& part : task.parts) reads.push_back(part.reads);
  return reads;
}

class Schedule final : public ExecutorClient, public RunActivity {
 public:
  Schedule(const Plan& plan, Executor& executor, RunObserver& observer,
           const ScheduleOptions& options)
      : plan_(plan),
        executor_(executor),
        observer_(observer),
        options_(options),
        clock_(options.clock != nullptr ? *options.clock : system_clock()),
        caps_(plan, options.most_by_dimension),
        readiness_(plan, options.most_by_dimension.empty() ? nullptr : &caps_),
        tasks_(plan, observer),
        running_(plan, options.pools, options.most_by_dimension.empty() ? nullptr : &caps_),
        held_(plan),
        stop_rules_(options, clock_),
        ends_(plan, clock_, options.most_failures),
        deaths_(plan, options.most_worker_deaths),
        committer_(observer, [&executor] { executor.wake(); }) {}

  Result<RunCounts> run() {
    for (;;) {
      obey_stop_rules();
      if (ends_.is_stopped()) stop();
      take_due_retries();
      if (Status started = start_ready(); !started) return std::move(started).error();
      record_held();
      observer_.tick(*this);
      if (running_.empty() && ends_.retries().empty() && committer_.under_way() == 0) break;
      if (Status waited = executor_.wait(longest_wait(), *this); !waited)
        return std::move(waited).error();
      if (Status settled = settle(); !settled) return std::move(settled).error();
    }
    count_not_started(readiness_.not_started());
    counts_.timed_out = stop_rules_.timed_out();
    return counts_;
  }

  void started(std::int64_t task) override {
    RunningTask* running = running_.find(task);
    if (running == nullptr) return;
    running->begun = true;
    observer_.started(named(task, *running));
  }

  void finished(TaskResult result) override {
    const std::int64_t task = result.id;
    RunningTask* running = running_.find(task);
    if (running == nullptr) return;
    deaths_.note(running->asset, result);
    if (running->is_batch()) observer_.ended(named(task, *running));
    tell_late_failure(*running, result);
    ends_.finished(task, *running, std::move(result));
    running_.take(task);
  }

  void decided(std::int64_t task, TaskResult result) override {
    RunningTask* running = running_.find(task);
    if (running == nullptr) return;
    const bool failed = result.status == TaskResult::Status::failed;
    if (ends_.decided(task, *running, std::move(result)) && !failed)
      deaths_.forgive(running->asset);
  }

  void progressed(std::int64_t task, double fraction, std::string_view text) override {
    if (const RunningTask* running = running_.find(task))
      observer_.progressed(named(task, *running), fraction, text);
  }

  void printed(std::int64_t task, std::string_view line) override {
    if (const RunningTask* running = running_.find(task))
      observer_.printed(named(task, *running), line);
  }

  Result<InputData> input(std::int64_t task, int part, std::string_view asset) override {
    const RunningTask* running = running_.find(task);
    if (running == nullptr)
      return Error{ErrorCode::internal, "read input: the task is not running", {}};
    if (Status known = record_own(*running, asset); !known) return std::move(known).error();
    Run partitions = running->partitions;
    if (part >= 0) partitions = {partitions.begin + part, partitions.begin + part + 1};
    if (partitions.end > running->partitions.end)
      return Error{ErrorCode::internal, "read input: the batch has no such partition", {}};
    return observer_.input(plan_.assets[running->asset], partitions, asset);
  }

  void noticed(std::string_view text) override { observer_.noticed(text); }

  std::vector<AssetActivity> activity() const override {
    std::vector<std::vector<Run>> begun(plan_.assets.size()), left(plan_.assets.size());
    running_.add_undecided(begun, left);
    for (const Ended& ended : not_durable_) {
      if (ended.begun) begun[ended.asset].push_back({ended.partition, ended.partition + 1});
    }
    const bool stopping = ends_.is_stopped();
    if (!stopping) {
      ends_.retries().for_each(
          [&](const Retry& retry) { left[retry.asset].push_back(retry.ready.run); });
    }
    std::vector<AssetActivity> activity;
    for (std::size_t i = 0; i < plan_.assets.size(); ++i) {
      const std::vector<Index>& shape = plan_.assets[i].targets.shape();
      PartitionSet runs = PartitionSet::of_runs(shape, std::move(begun[i]));
      PartitionSet all = PartitionSet::of_runs(shape, std::move(left[i])).united(runs);
      if (!stopping) all = all.united(readiness_.not_popped(i));
      activity.push_back({i, std::move(runs), std::move(all)});
    }
    return activity;
  }

 private:
  // What has been handed to the committer.
  struct Ended {
    std::size_t asset = 0;
    Index partition = 0;
    bool begun = false;
  };

  RunningPartition named(std::int64_t task, const RunningTask& running) const {
    return {task, plan_.assets[running.asset].def.key, running.key};
  }

  // What a call reads of its own asset includes what it has committed itself.
  Status record_own(const RunningTask& running, std::string_view asset) {
    if (!running.is_batch() || asset != plan_.assets[running.asset].def.key) return {};
    commit(ends_.take());
    return committer_.settle();
  }

  // The partitions that its function decided stay what they are.
  void tell_late_failure(const RunningTask& running, const TaskResult& result) {
    if (!running.is_batch() || !result.failure) return;
    if (std::find(running.decided.begin(), running.decided.end(), false) != running.decided.end())
      return;
    observer_.noticed(
        fmt::format("the function of {}@{} failed after it had decided all of them: {}",
                    plan_.assets[running.asset].def.key, running.key, result.failure->message));
  }

  // ---- what is attempted again

  void take_due_retries() {
    RetryQueue& retries = ends_.retries();
    if (retries.empty()) return;
    const std::int64_t now = clock_.monotonic_micros();
    while (const auto due = retries.take_due(now))
      readiness_.put_back({due->asset, due->ready.run, due->ready.attempt});
  }

  int longest_wait() const {
    std::int64_t until = clock_.monotonic_micros() + kTickMillis * 1000;
    if (const auto due = ends_.retries().next_due()) until = std::min(until, *due);
    if (const auto look = stop_rules_.next_look()) until = std::min(until, *look);
    const std::int64_t left = until - clock_.monotonic_micros();
    return static_cast<int>(std::clamp<std::int64_t>((left + 999) / 1000, 0, kTickMillis));
  }

  // ---- an asset whose processes keep dying

  Status give_up_assets() {
    for (const std::size_t asset : deaths_.take_to_give_up()) {
      if (Status given_up = give_up(asset); !given_up) return given_up;
    }
    return {};
  }

  // What is left of it is held back, and what depends on that.
  Status give_up(std::size_t asset) {
    const auto reason = std::make_shared<const std::string>(deaths_.reason(asset));
    ends_.give_up(asset);
    for (const std::int64_t task : executor_.recall()) {
      if (running_.find(task) == nullptr) continue;
      const RunningTask running = running_.take(task);
      readiness_.put_back({running.asset, running.partitions, running.attempt});
    }
    const PartitionSet left = readiness_.give_up(asset);
    observer_.noticed(fmt::format("{} of `{}` {}: {}", count_of(left.count(), "partition"),
                                  plan_.assets[asset].def.key,
                                  plan_.checks_only ? "not checked" : "held back", *reason));
    held_.add(asset, left, reason);
    withhold(asset, left.united(give_up_retries(asset)));
    return {};
  }

  // Partitions that failed and would have been attempted again: that failure was their end.
  PartitionSet give_up_retries(std::optional<std::size_t> asset) {
    std::vector<Run> runs;
    for (const Retry& retry : ends_.retries().take_all(asset)) {
      counts_.failed += retry.ready.run.size();
      runs.push_back(retry.ready.run);
    }
    if (!asset) return {};
    return PartitionSet::of_runs(plan_.assets[*asset].targets.shape(), std::move(runs));
  }

  // ---- how it stops

  void obey_stop_rules() {
    const StopRules::Wish wish = stop_rules_.look();
    if (wish != StopRules::Wish::go_on) cancel();
    if (wish == StopRules::Wish::kill) kill();
  }

  void cancel() {
    if (std::exchange(cancelled_, true)) return;
    ends_.stop();
    executor_.cancel();
  }

  void kill() {
    if (std::exchange(killed_, true)) return;
    executor_.kill();
  }

  void count_not_started(Index partitions) {
    counts_.not_started += partitions;
    counts_.cancelled += partitions;
  }

  // What waits in the executor has not started, and will not; nor is anything attempted again.
  void stop() {
    for (const std::int64_t task : executor_.recall()) {
      if (running_.find(task) != nullptr) count_not_started(running_.take(task).partitions.size());
    }
    const Index failed = counts_.failed;
    give_up_retries(std::nullopt);
    if (cancelled_) counts_.cut_short += counts_.failed - failed;
  }

  // ---- how it starts

  bool has_room() const {
    return running_.size() < executor_.capacity() && committer_.under_way() < kMostUncommitted &&
           (running_.partitions() < kMostUnderWay || running_.size() < kFewTasks);
  }

  // What turns out to need nothing may let others start.
  Status start_ready() {
    do {
      if (Status started = start_some(); !started) return started;
    } while (release_unchanged());
    return {};
  }

  Status start_some() {
    std::int64_t moment = 0;
    while (!ends_.is_stopped() && has_room()) {
      const auto next = readiness_.pop(options_.newest_first,
                                       [&](std::size_t i) { return running_.may_start(i); });
      if (!next) return {};
      Result<bool> needed = is_needed(*next);
      if (!needed) return std::move(needed).error();
      if (!*needed) {
        unchanged_[next->asset].push_back(next->partitions);
        counts_.unchanged += next->partitions.size();
        continue;
      }
      if (moment == 0) moment = observer_.moment();
      if (Status started = start(*next, moment); !started) return started;
    }
    return {};
  }

  // A batch, if any of its partitions is.
  Result<bool> is_needed(const Readiness::Start& next) {
    const PartitionSet& conditional = plan_.assets[next.asset].conditional;
    if (conditional.empty() || next.attempt > 1) return true;
    for (Index i = next.partitions.begin; i < next.partitions.end; ++i) {
      if (!conditional.contains(i)) return true;
      Result<bool> needed = observer_.is_needed(next.asset, i);
      if (!needed || *needed) return needed;
    }
    return false;
  }

  bool release_unchanged() {
    const auto unchanged = std::exchange(unchanged_, {});
    for (const auto& [asset, runs] : unchanged) {
      readiness_.succeeded(asset, PartitionSet::of_runs(plan_.assets[asset].targets.shape(), runs));
    }
    return !unchanged.empty();
  }

  Status start(const Readiness::Start& next, std::int64_t moment) {
    Task task = tasks_.make(next);
    RunningTask running{next.asset, next.partitions, next.attempt, moment, task.partition, {}, {}};
    if (!task.parts.empty()) {
      running.decided.resize(task.parts.size());
      running.again.resize(task.parts.size());
      running.reads = own_reads_of(task);
      running.key = task.parts.size() == 1
                        ? task.parts.front().partition
                        : task.parts.front().partition + ".." + task.parts.back().partition;
    }
    running_.add(task.id, std::move(running));
    return executor_.submit(std::move(task));
  }

  // ---- what becomes durable

  // Has what finished recorded; what waited for what is durable by now starts or is withheld.
  Status settle() {
    commit(ends_.take());
    auto durable = committer_.take();
    if (!durable) return std::move(durable).error();
    not_durable_.erase(not_durable_.begin(),
                       not_durable_.begin() + static_cast<std::ptrdiff_t>(durable->size()));
    for (const FinishedPartition& one : *durable) {
      if (!one.retry_after) count(one.fate);
      observer_.recorded(one);
    }
    release(*durable);
    if (!ends_.is_stopped()) withhold(*durable);
    return give_up_assets();
  }

  // What is taken back comes in the order in which it was given.
  void commit(std::vector<FinishedPartition> finished) {
    for (const FinishedPartition& one : finished)
      not_durable_.push_back({one.asset, one.partition, one.task != 0});
    committer_.push(std::move(finished));
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

  static bool lets_go_on(const FinishedPartition& one) {
    return one.fate == Fate::materialized || one.fate == Fate::skipped;
  }
  static bool holds_back(const FinishedPartition& one) {
    const bool held_in_its_call = one.fate == Fate::upstream_failed && one.task != 0;
    return !one.retry_after &&
           (one.fate == Fate::failed || one.fate == Fate::cancelled || held_in_its_call);
  }

  // The partitions of each asset that met such a fate.
  std::map<std::size_t, PartitionSet> sets_of(std::span<const FinishedPartition> finished,
                                              bool (*is_meant)(const FinishedPartition&)) const {
    std::map<std::size_t, std::vector<Index>> indices;
    for (const FinishedPartition& one : finished) {
      if (is_meant(one)) indices[one.asset].push_back(one.partition);
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
    for (const auto& [asset, partitions] : sets_of(finished, &holds_back))
      withhold(asset, partitions);
  }

  void withhold(std::size_t asset, const PartitionSet& partitions) {
    for (const Readiness::Withheld& withheld : readiness_.failed(asset, partitions)) {
      held_.add(withheld.asset, withheld.partitions,
                std::make_shared<const std::string>(reason_of(withheld)));
    }
  }

  std::string reason_of(const Readiness::Withheld& withheld) const {
    const PlannedAsset& cause = plan_.assets[withheld.because_asset];
    std::string reason = cause.def.key;
    if (cause.def.partitions.is_partitioned())
      reason += "@" + to_text(withheld.because, *cause.space, 3);
    return reason + " did not succeed";
  }

  // Some of what is withheld at a time.
  void record_held() {
    const std::size_t under_way = committer_.under_way();
    if (under_way < kMostUncommitted) commit(held_.take(kMostUncommitted - under_way));
  }

  const Plan& plan_;
  Executor& executor_;
  RunObserver& observer_;
  const ScheduleOptions& options_;
  const Clock& clock_;
  DimensionCaps caps_;
  Readiness readiness_;
  TaskMaker tasks_;
  RunningTasks running_;
  HeldBack held_;
  StopRules stop_rules_;
  AttemptEnds ends_;
  WorkerDeaths deaths_;
  std::deque<Ended> not_durable_;
  std::map<std::size_t, std::vector<Run>> unchanged_;  // conditional ones that nothing asks for
  RunCounts counts_;
  bool cancelled_ = false;
  bool killed_ = false;
  Committer committer_;  // last: its thread ends first
};

}  // namespace

Result<RunCounts> run_plan(const Plan& plan, Executor& executor, RunObserver& observer,
                           const ScheduleOptions& options) {
  return Schedule(plan, executor, observer, options).run();
}

}  // namespace partita
