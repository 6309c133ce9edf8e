#include "execute/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "execute/committer.hpp"
#include "execute/readiness.hpp"
#include "execute/retry_queue.hpp"

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

// Of batches fewer are under way than of single partitions, so that their keys do not pile up; but
// never so few that somebody waits for work.
constexpr Index kMostUnderWay = 1 << 18;
constexpr std::size_t kFewTasks = 64;

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
        assets_(plan.assets.size()),
        committer_(observer, [&executor] { executor.wake(); }) {}

  Result<RunCounts> run() {
    if (options_.timeout > 0) deadline_ = clock_.monotonic_micros() + micros(options_.timeout);
    for (;;) {
      obey_interrupts();
      obey_deadline();
      if (stopping_) stop();
      take_due_retries();
      if (Status started = start_ready(); !started) return std::move(started).error();
      record_held();
      observer_.tick(*this);
      if (running_.empty() && retries_.empty() && committer_.under_way() == 0) break;
      if (Status waited = executor_.wait(longest_wait(), *this); !waited)
        return std::move(waited).error();
      if (Status settled = settle(); !settled) return std::move(settled).error();
    }
    counts_.cancelled += readiness_.not_started();
    return counts_;
  }

  void started(std::int64_t task) override {
    const auto at = running_.find(task);
    if (at == running_.end()) return;
    at->second.begun = true;
    observer_.started(named(task, at->second));
  }

  void finished(TaskResult result) override {
    const auto at = running_.find(result.id);
    if (at == running_.end()) return;
    note_end_of_process(at->second.asset, result);
    if (at->second.is_batch()) {
      observer_.ended(named(at->first, at->second));
      settle_rest(at->first, at->second, std::move(result));
      retry_together(at->second);
    } else {
      conclude(at->first, at->second, at->second.partitions.begin, std::move(result));
    }
    take(at);
  }

  void decided(std::int64_t task, TaskResult result) override {
    const auto at = running_.find(task);
    if (at == running_.end()) return;
    const auto part = static_cast<std::size_t>(part_of(task, result.id));
    if (part >= at->second.decided.size() || at->second.decided[part]) return;
    if (result.status != TaskResult::Status::failed) assets_[at->second.asset].deaths = 0;
    conclude_part(task, at->second, part, std::move(result));
  }

  void progressed(std::int64_t task, double fraction, std::string_view text) override {
    if (const Running* running = find(task))
      observer_.progressed(named(task, *running), fraction, text);
  }

  void printed(std::int64_t task, std::string_view line) override {
    if (const Running* running = find(task)) observer_.printed(named(task, *running), line);
  }

  Result<InputData> input(std::int64_t task, int part, std::string_view asset) override {
    const Running* running = find(task);
    if (running == nullptr)
      return Error{ErrorCode::internal, "read input: the task is not running", {}};
    Run partitions = running->partitions;
    if (part >= 0) partitions = {partitions.begin + part, partitions.begin + part + 1};
    if (partitions.end > running->partitions.end)
      return Error{ErrorCode::internal, "read input: the batch has no such partition", {}};
    return observer_.input(plan_.assets[running->asset], partitions, asset);
  }

  void noticed(std::string_view text) override { observer_.noticed(text); }

  std::vector<AssetActivity> activity() const override {
    std::vector<std::vector<Run>> begun(plan_.assets.size()), left(plan_.assets.size());
    for (const auto& [task, running] : running_)
      add_undecided(running, running.begun ? begun[running.asset] : left[running.asset]);
    for (const Ended& ended : not_durable_) {
      if (ended.begun) begun[ended.asset].push_back({ended.partition, ended.partition + 1});
    }
    if (!stopping_) {
      retries_.for_each([&](const Retry& retry) { left[retry.asset].push_back(retry.ready.run); });
    }
    std::vector<AssetActivity> activity;
    for (std::size_t i = 0; i < plan_.assets.size(); ++i) {
      const std::vector<Index>& shape = plan_.assets[i].targets.shape();
      PartitionSet runs = PartitionSet::of_runs(shape, std::move(begun[i]));
      PartitionSet all = PartitionSet::of_runs(shape, std::move(left[i])).united(runs);
      if (!stopping_) all = all.united(readiness_.not_popped(i));
      activity.push_back({i, std::move(runs), std::move(all)});
    }
    return activity;
  }

 private:
  struct Running {
    std::size_t asset = 0;
    Run partitions;
    int attempt = 1;
    std::int64_t read_seq = 0;
    std::string key;  // of a batch: its first and its last
    // Of a batch, by the position of its parts.
    std::vector<bool> decided;
    std::vector<bool> again;  // those that are attempted again
    bool begun = false;       // as far as the executor has told
    bool is_batch() const { return !decided.empty(); }
  };
  using RunningTasks = std::unordered_map<std::int64_t, Running>;

  // What has been handed to the committer.
  struct Ended {
    std::size_t asset = 0;
    Index partition = 0;
    bool begun = false;
  };

  // What is known of an asset while it runs.
  struct AssetState {
    std::shared_ptr<const TaskAsset> task_asset;  // once it is needed
    std::int64_t running = 0;                     // tasks
    int deaths = 0;                               // of processes, in a row
    std::shared_ptr<const std::string> given_up;  // why; null: it is not
  };

  static std::int64_t micros(double seconds) { return static_cast<std::int64_t>(seconds * 1e6); }

  const Running* find(std::int64_t task) const {
    const auto at = running_.find(task);
    return at == running_.end() ? nullptr : &at->second;
  }

  RunningPartition named(std::int64_t task, const Running& running) const {
    return {task, plan_.assets[running.asset].def.key, running.key};
  }

  Lane lane_of(std::size_t asset, Run partitions) const {
    return caps_.lane_of(asset, partitions.begin);
  }

  static void add_undecided(const Running& running, std::vector<Run>& runs) {
    if (!running.is_batch()) return runs.push_back(running.partitions);
    for (std::size_t part = 0; part < running.decided.size(); ++part) {
      const Index at = running.partitions.begin + static_cast<Index>(part);
      if (running.decided[part]) continue;
      if (!runs.empty() && runs.back().end == at) {
        ++runs.back().end;
      } else {
        runs.push_back({at, at + 1});
      }
    }
  }

  // No longer running: its places in the pool and under the caps are free.
  void take(RunningTasks::iterator at) {
    const Running& running = at->second;
    const AssetDef& def = plan_.assets[running.asset].def;
    if (!def.pool.empty()) --pool_use_[def.pool];
    if (!options_.most_by_dimension.empty())
      caps_.give_back(running.asset, lane_of(running.asset, running.partitions));
    --assets_[running.asset].running;
    partitions_under_way_ -= running.partitions.size();
    running_.erase(at);
  }

  // ---- how attempts end

  bool may_retry(const Running& running, const TaskResult& result) const {
    if (stopping_ || result.status != TaskResult::Status::failed) return false;
    if (assets_[running.asset].given_up) return false;
    return running.attempt <= most_retries(running.asset, result);
  }

  // A function that asks for a retry gets one where its asset says nothing.
  int most_retries(std::size_t asset, const TaskResult& result) const {
    const int declared = plan_.assets[asset].def.policy.retry.max_retries;
    const bool asked = result.failure && result.failure->kind == "retry";
    return declared == 0 && asked ? 1 : declared;
  }

  double delay_before(const Running& running) {
    const RetryPolicy& policy = plan_.assets[running.asset].def.policy.retry;
    return retry_delay(policy, running.attempt, std::uniform_real_distribution<>()(random_));
  }

  // One partition's attempt has ended. Whether it is attempted again.
  bool conclude(std::int64_t id, const Running& running, Index partition, TaskResult result) {
    FinishedPartition finished;
    finished.task = id;
    finished.asset = running.asset;
    finished.partition = partition;
    finished.key = running.is_batch() ? key_of(running.asset, partition) : running.key;
    finished.attempt = running.attempt;
    finished.read_seq = running.read_seq;
    finished.fate = fate_of(result);
    finished.reason = result.reason;
    const bool again = may_retry(running, result);
    if (again) finished.retry_after = delay_before(running);
    if (again && !running.is_batch()) {
      retries_.add({clock_.monotonic_micros() + micros(*finished.retry_after),
                    running.asset,
                    {{partition, partition + 1}, running.attempt + 1}});
    }
    finished.result = std::move(result);
    if (finished.fate == Fate::failed && !again) note_failure();
    finished_.push_back(std::move(finished));
    return again;
  }

  void note_failure() {
    ++failures_;
    if (options_.most_failures > 0 && failures_ >= options_.most_failures) stopping_ = true;
  }

  std::string key_of(std::size_t asset, Index partition) const {
    return plan_.assets[asset].space->key_at(partition);
  }

  void conclude_part(std::int64_t task, Running& running, std::size_t part, TaskResult result) {
    running.decided[part] = true;
    const auto position = static_cast<Index>(part);
    running.again[part] = conclude(part_id(task, position), running,
                                   running.partitions.begin + position, std::move(result));
  }

  // The parts of a batch that were not decided share its end. What is long of it is kept once.
  void settle_rest(std::int64_t task, Running& running, TaskResult result) {
    for (std::size_t part = 0; part < running.decided.size(); ++part) {
      if (running.decided[part]) continue;
      TaskResult own = result;
      own.id = part_id(task, static_cast<Index>(part));
      conclude_part(task, running, part, std::move(own));
      result.log.clear();
      if (result.failure) result.failure->backtrace.clear();
    }
  }

  // The parts of a batch that are attempted again, as far as they follow each other in one call.
  void retry_together(const Running& running) {
    const std::vector<bool>& again = running.again;
    for (std::size_t begin = 0; begin < again.size();) {
      std::size_t end = begin;
      while (end < again.size() && again[end]) ++end;
      const Run run{running.partitions.begin + static_cast<Index>(begin),
                    running.partitions.begin + static_cast<Index>(end)};
      if (end > begin) {
        retries_.add({clock_.monotonic_micros() + micros(delay_before(running)),
                      running.asset,
                      {run, running.attempt + 1}});
      }
      begin = end + 1;
    }
  }

  void take_due_retries() {
    if (retries_.empty()) return;
    const std::int64_t now = clock_.monotonic_micros();
    while (const auto due = retries_.take_due(now))
      readiness_.put_back({due->asset, due->ready.run, due->ready.attempt});
  }

  int longest_wait() const {
    std::int64_t until = clock_.monotonic_micros() + kTickMillis * 1000;
    if (const auto due = retries_.next_due()) until = std::min(until, *due);
    if (deadline_) until = std::min(until, *deadline_);
    const std::int64_t left = until - clock_.monotonic_micros();
    return static_cast<int>(std::clamp<std::int64_t>((left + 999) / 1000, 0, kTickMillis));
  }

  // ---- an asset whose processes keep dying

  void note_end_of_process(std::size_t asset, const TaskResult& result) {
    const bool died = result.failure && result.failure->ended_process;
    AssetState& state = assets_[asset];
    state.deaths = died ? state.deaths + 1 : 0;
    if (options_.most_worker_deaths > 0 && state.deaths == options_.most_worker_deaths &&
        !state.given_up)
      to_give_up_.push_back(asset);
  }

  Status give_up_assets() {
    for (const std::size_t asset : std::exchange(to_give_up_, {})) {
      if (Status given_up = give_up(asset); !given_up) return given_up;
    }
    return {};
  }

  // What is left of it is held back, and what depends on that.
  Status give_up(std::size_t asset) {
    const std::string& key = plan_.assets[asset].def.key;
    assets_[asset].given_up = std::make_shared<const std::string>(fmt::format(
        "{} processes in a row died of `{}` (max_worker_deaths)", assets_[asset].deaths, key));
    for (const std::int64_t task : executor_.recall()) {
      const auto at = running_.find(task);
      if (at == running_.end()) continue;
      const Running& running = at->second;
      readiness_.put_back({running.asset, running.partitions, running.attempt});
      take(at);
    }
    const PartitionSet left = readiness_.give_up(asset);
    observer_.noticed(fmt::format("{} of `{}` held back: {}", count_of(left.count(), "partition"),
                                  key, *assets_[asset].given_up));
    hold(asset, left, assets_[asset].given_up);
    withhold(asset, left.united(give_up_retries(asset)));
    return {};
  }

  // Partitions that failed and would have been attempted again: that failure was their end.
  PartitionSet give_up_retries(std::optional<std::size_t> asset) {
    std::vector<Run> runs;
    for (const Retry& retry : retries_.take_all(asset)) {
      counts_.failed += retry.ready.run.size();
      runs.push_back(retry.ready.run);
    }
    if (!asset) return {};
    return PartitionSet::of_runs(plan_.assets[*asset].targets.shape(), std::move(runs));
  }

  // ---- how it stops

  void obey_interrupts() {
    const int interrupts = options_.interrupts != nullptr ? options_.interrupts->load() : 0;
    if (interrupts >= 1) cancel();
    if (interrupts >= 2) kill();
  }

  void obey_deadline() {
    if (!deadline_ || clock_.monotonic_micros() < *deadline_) return;
    if (std::exchange(counts_.timed_out, true)) {
      deadline_.reset();
      return kill();
    }
    cancel();
    deadline_ = clock_.monotonic_micros() + micros(kTimeoutGraceSeconds);
  }

  void cancel() {
    if (std::exchange(cancelled_, true)) return;
    stopping_ = true;
    executor_.cancel();
  }

  void kill() {
    if (std::exchange(killed_, true)) return;
    executor_.kill();
  }

  // What waits in the executor has not started, and will not; nor is anything attempted again.
  void stop() {
    for (const std::int64_t task : executor_.recall()) {
      const auto at = running_.find(task);
      if (at == running_.end()) continue;
      counts_.cancelled += at->second.partitions.size();
      take(at);
    }
    give_up_retries(std::nullopt);
  }

  // ---- how it starts

  bool may_start(std::size_t asset) const {
    const AssetDef& def = plan_.assets[asset].def;
    if (def.policy.exclusive && assets_[asset].running > 0) return false;
    if (def.pool.empty()) return true;
    const auto limit = options_.pools.find(def.pool);
    const auto used = pool_use_.find(def.pool);
    return limit == options_.pools.end() || used == pool_use_.end() || used->second < limit->second;
  }

  bool has_room() const {
    return running_.size() < executor_.capacity() && committer_.under_way() < kMostUncommitted &&
           (partitions_under_way_ < kMostUnderWay || running_.size() < kFewTasks);
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
    while (!stopping_ && has_room()) {
      const auto next =
          readiness_.pop(options_.newest_first, [&](std::size_t i) { return may_start(i); });
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
    const PlannedAsset& planned = plan_.assets[next.asset];
    Task task = make_task(next);
    Running running{next.asset, next.partitions, next.attempt, moment, task.partition, {}, {}};
    if (!task.parts.empty()) {
      running.decided.resize(task.parts.size());
      running.again.resize(task.parts.size());
      running.key = task.parts.size() == 1
                        ? task.parts.front().partition
                        : task.parts.front().partition + ".." + task.parts.back().partition;
    }
    running_.emplace(task.id, std::move(running));
    if (!planned.def.pool.empty()) ++pool_use_[planned.def.pool];
    if (!options_.most_by_dimension.empty())
      caps_.take(next.asset, lane_of(next.asset, next.partitions));
    ++assets_[next.asset].running;
    partitions_under_way_ += next.partitions.size();
    return executor_.submit(std::move(task));
  }

  Task make_task(const Readiness::Start& next) {
    const PartitionSpace& space = *plan_.assets[next.asset].space;
    Task task;
    task.id = ++last_id_;
    task.attempt = next.attempt;
    task.asset = task_asset(next.asset);
    if (plan_.assets[next.asset].def.policy.takes_batches()) {
      for (Index i = next.partitions.begin; i < next.partitions.end; ++i)
        task.parts.push_back({space.key_at(i), keys_of(space, i)});
      last_id_ += next.partitions.size();
      return task;
    }
    task.keys = keys_of(space, next.partitions.begin);
    task.partition =
        task.keys.size() == 1 ? task.keys.front().key : space.key_at(next.partitions.begin);
    return task;
  }

  const std::shared_ptr<const TaskAsset>& task_asset(std::size_t asset) {
    std::shared_ptr<const TaskAsset>& known = assets_[asset].task_asset;
    if (known) return known;
    const PlannedAsset& planned = plan_.assets[asset];
    const RunPolicy& policy = planned.def.policy;
    TaskAsset made;
    made.number = static_cast<std::int64_t>(asset);
    made.key = planned.def.key;
    made.plugin = planned.def.plugin;
    for (const Dependency& dep : planned.def.deps) made.deps.push_back(dep.asset);
    if (plan_.checks_only) made.deps.push_back(made.key);  // what its checks read
    made.checks = observer_.checks_on(planned);
    made.checks_only = plan_.checks_only;
    made.limits = {policy.time_limit, policy.cpu_limit, policy.memory_limit};
    made.priority = policy.priority;
    made.process_per_task = policy.process_per_partition();
    made.needs_process = policy.needs_process();
    return known = std::make_shared<const TaskAsset>(std::move(made));
  }

  // ---- what becomes durable

  // Has what finished recorded; what waited for what is durable by now starts or is withheld.
  Status settle() {
    commit(std::exchange(finished_, {}));
    auto durable = committer_.take();
    if (!durable) return std::move(durable).error();
    not_durable_.erase(not_durable_.begin(),
                       not_durable_.begin() + static_cast<std::ptrdiff_t>(durable->size()));
    for (const FinishedPartition& one : *durable) {
      if (!one.retry_after) count(one.fate);
      observer_.recorded(one);
    }
    release(*durable);
    if (!stopping_) withhold(*durable);
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
    return !one.retry_after && (one.fate == Fate::failed || one.fate == Fate::cancelled);
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
      hold(withheld.asset, withheld.partitions,
           std::make_shared<const std::string>(reason_of(withheld)));
    }
  }

  void hold(std::size_t asset, const PartitionSet& partitions,
            const std::shared_ptr<const std::string>& reason) {
    partitions.for_each_run([&](Run run) {
      held_.push_back({asset, run, reason});
      return true;
    });
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
    commit(std::move(some));
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
  const Clock& clock_;
  DimensionCaps caps_;
  Readiness readiness_;
  std::vector<AssetState> assets_;  // by index in the plan
  RunningTasks running_;            // and what waits in the executor
  Index partitions_under_way_ = 0;  // of those
  std::map<std::string, int> pool_use_;
  RetryQueue retries_;
  std::mt19937_64 random_{std::random_device()()};
  std::vector<FinishedPartition> finished_;
  std::deque<Ended> not_durable_;
  std::map<std::size_t, std::vector<Run>> unchanged_;  // conditional ones that nothing asks for
  std::vector<std::size_t> to_give_up_;
  std::deque<Held> held_;
  RunCounts counts_;
  Index failures_ = 0;
  std::optional<std::int64_t> deadline_;  // in monotonic microseconds
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
