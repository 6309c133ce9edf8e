#include "execute/scheduler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <semaphore>
#include <set>

#include "execute/retry_queue.hpp"
#include "support/world.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

class FakeClock final : public Clock {
 public:
  Instant now() const override { return 0; }
  std::int64_t now_micros() const override { return 0; }
  std::int64_t monotonic_micros() const override { return micros; }
  std::int64_t micros = 0;
};

// Ends tasks in the order they were submitted, as a function says. Where it has nothing to do, and
// a clock, time passes.
class FakeExecutor final : public Executor {
 public:
  using Outcome = std::function<TaskResult::Status(const Task&)>;
  FakeExecutor(std::size_t slots, Outcome outcome, FakeClock* clock = nullptr)
      : slots_(slots), outcome_(std::move(outcome)), clock_(clock) {}

  std::size_t capacity() const override { return slots_; }
  Status submit(Task task) override {
    tasks_.push_back(std::move(task));
    most_ = std::max(most_, tasks_.size());
    on_submit_(tasks_);
    return {};
  }
  Status wait(int timeout_millis, ExecutorClient& client) override {
    if (tasks_.empty() || (stuck_ && !killed_)) {
      pass_time(timeout_millis);
      return {};
    }
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    client.started(task.id);
    decide_(task, client);
    TaskResult result;
    result.id = task.id;
    result.status = killed_ ? TaskResult::Status::cancelled : outcome_(task);
    if (result.status == TaskResult::Status::failed) result.failure = failure_;
    client.finished(std::move(result));
    return {};
  }
  void wake() override { woken_.release(); }
  std::vector<std::int64_t> recall() override {
    std::vector<std::int64_t> ids;
    if (stuck_) return ids;
    for (const Task& task : tasks_) ids.push_back(task.id);
    tasks_.clear();
    return ids;
  }
  void cancel() override { cancelled_ = true; }
  void kill() override { killed_ = true; }

  std::size_t most_ = 0;
  bool cancelled_ = false, killed_ = false;
  bool stuck_ = false;  // what was submitted runs until it is killed
  TaskFailure failure_{"error", 0, "no", {}};
  std::function<void(const std::deque<Task>&)> on_submit_ = [](const auto&) {};
  std::function<void(const Task&, ExecutorClient&)> decide_ = [](const Task&, ExecutorClient&) {};

 private:
  void pass_time(int timeout_millis) {
    if (clock_ == nullptr) return woken_.acquire();
    if (woken_.try_acquire_for(std::chrono::microseconds(100))) return;
    clock_->micros += std::int64_t{timeout_millis} * 1000;
  }

  std::size_t slots_;
  Outcome outcome_;
  FakeClock* clock_;
  std::deque<Task> tasks_;
  std::counting_semaphore<> woken_{0};
};

class Notes final : public RunObserver {
 public:
  explicit Notes(const Plan& plan) : plan_(plan) {}
  Status record(std::span<FinishedPartition> finished) override {
    for (const FinishedPartition& one : finished) {
      const PlannedAsset& asset = plan_.assets[one.asset];
      lines.push_back(asset.def.key + "@" + one.key + " " +
                      std::to_string(static_cast<int>(one.fate)) +
                      (one.attempt > 1 ? " #" + std::to_string(one.attempt) : "") +
                      (one.reason.empty() ? "" : ": " + one.reason));
    }
    if (full) return io_error("disk full");
    return {};
  }
  std::int64_t moment() override { return 1; }
  Result<bool> is_needed(std::size_t, Index partition) override {
    return needed.contains(partition);
  }
  Result<InputData> input(const PlannedAsset&, Run, std::string_view) override {
    return InputData{};
  }
  void recorded(const FinishedPartition&) override { ++durable; }
  std::vector<TaskCheck> checks_on(const PlannedAsset&) override { return {}; }
  void started(const RunningPartition& partition) override {
    starts.push_back(std::string(partition.asset) + "@" + std::string(partition.key));
  }
  void progressed(const RunningPartition&, double, std::string_view) override {}
  void printed(const RunningPartition&, std::string_view) override {}
  void ended(const RunningPartition&) override {}
  void noticed(std::string_view text) override { notices.emplace_back(text); }
  void tick(const RunActivity& run) override {
    if (look_at) look_at(run.activity());
    if (with_run) with_run(run);
    on_tick();
  }

  std::function<void()> on_tick = [] {};
  std::function<void(const std::vector<AssetActivity>&)> look_at;
  std::function<void(const RunActivity&)> with_run;
  std::vector<std::string> notices;
  std::vector<std::string> lines;  // the committer's, until the run has ended
  std::vector<std::string> starts;
  int durable = 0;
  std::set<Index> needed;  // of those that are conditional
  bool full = false;

 private:
  const Plan& plan_;
};

Plan two_assets() {
  FakeWorld world;
  world.asset("raw", keys({"a", "b", "c"})).asset("clean", keys({"a", "b", "c"}), {{"raw", {}}});
  return *world.plan("*", Wanted{.all = true});
}

Plan retried(int max_retries, double delay) {
  FakeWorld world;
  world.asset("raw", keys({"a", "b"})).asset("clean", keys({"a", "b"}), {{"raw", {}}});
  world.def("raw").policy.retry.max_retries = max_retries;
  world.def("raw").policy.retry.delay = delay;
  return *world.plan("*", Wanted{.all = true});
}

TaskResult::Status succeed(const Task&) {
  return TaskResult::Status::materialized;
}

}  // namespace

TEST_CASE("a failure withholds exactly its descendants, and names it") {
  const Plan plan = two_assets();
  FakeExecutor executor(1, [](const Task& task) {
    return task.asset->key == "raw" && task.partition == "b" ? TaskResult::Status::failed
                                                             : TaskResult::Status::materialized;
  });
  Notes notes(plan);
  const RunCounts counts = *run_plan(plan, executor, notes, {});
  CHECK(counts.materialized == 4);
  CHECK(counts.failed == 1);
  CHECK(counts.upstream_failed == 1);
  CHECK(notes.durable == 6);
  CHECK(std::count(notes.lines.begin(), notes.lines.end(), "clean@b 4: raw@b did not succeed") ==
        1);
}

TEST_CASE("no more tasks run at once than the executor and the pools allow") {
  FakeWorld world;
  world.asset("raw", keys({"a", "b", "c", "d"}));
  Plan plan = *world.plan("*", Wanted{.all = true});
  plan.assets[0].def.pool = "disk";
  FakeExecutor executor(4, succeed);
  Notes notes(plan);
  ScheduleOptions options;
  options.pools = {{"disk", 2}};
  CHECK(run_plan(plan, executor, notes, options)->materialized == 4);
  CHECK(executor.most_ == 2);
}

TEST_CASE("an interrupt starts nothing more, a second one kills") {
  const Plan plan = two_assets();
  std::atomic<int> interrupts = 0;
  FakeExecutor executor(1, [&](const Task&) {
    interrupts = 2;
    return TaskResult::Status::materialized;
  });
  Notes notes(plan);
  ScheduleOptions options;
  options.interrupts = &interrupts;
  const RunCounts counts = *run_plan(plan, executor, notes, options);
  CHECK(counts.materialized == 1);
  CHECK(counts.cancelled == 5);
  CHECK(notes.starts.size() == 1);
  CHECK(executor.cancelled_);
  CHECK(executor.killed_);
}

TEST_CASE("an interrupt takes back what waits in the executor") {
  const Plan plan = two_assets();
  std::atomic<int> interrupts = 0;
  FakeExecutor executor(3, [&](const Task&) {
    interrupts = 1;
    return TaskResult::Status::materialized;
  });
  Notes notes(plan);
  ScheduleOptions options;
  options.interrupts = &interrupts;
  const RunCounts counts = *run_plan(plan, executor, notes, options);
  CHECK(counts.materialized == 1);
  CHECK(counts.cancelled == 5);
  CHECK(notes.lines.size() == 1);
}

TEST_CASE("fail-fast starts nothing after a failure") {
  const Plan plan = two_assets();
  FakeExecutor executor(1, [](const Task&) { return TaskResult::Status::failed; });
  Notes notes(plan);
  ScheduleOptions options;
  options.most_failures = 1;
  const RunCounts counts = *run_plan(plan, executor, notes, options);
  CHECK(counts.failed == 1);
  CHECK(counts.cancelled == 5);
}

TEST_CASE("the newest partitions may go first") {
  FakeWorld world;
  world.asset("days", daily("2024-01-01", "2024-01-04"));
  const Plan plan = *world.plan("*", Wanted{.all = true});
  FakeExecutor executor(1, succeed);
  Notes notes(plan);
  ScheduleOptions options;
  options.newest_first = true;
  (void)run_plan(plan, executor, notes, options);
  CHECK(notes.starts ==
        std::vector<std::string>{"days@2024-01-03", "days@2024-01-02", "days@2024-01-01"});
}

TEST_CASE("partitions may go in the order in which the selection lists them") {
  FakeWorld world;
  PartitionsDefinition grid;
  grid.dimensions = {{"x", StaticDimension{{"a", "b"}}}, {"y", StaticDimension{{"1", "2"}}}};
  world.asset("raw", keys({"a", "b", "c"})).asset("made", keys({"a", "b", "c"}), {{"raw", {}}});
  world.asset("grid", grid).asset("batched", keys({"a", "b", "c", "d"}));
  world.def("batched").policy.batch = 3;
  const auto starts_of = [&](const std::string& selection) {
    Plan plan = *world.plan(selection);
    REQUIRE(put_in_listed_order(plan, **parse_selection(selection), world.world()));
    FakeExecutor executor(1, succeed);
    Notes notes(plan);
    (void)run_plan(plan, executor, notes, {});
    std::string starts;
    for (const std::string& start : notes.starts) starts += (starts.empty() ? "" : " ") + start;
    return starts;
  };
  CHECK(starts_of("raw@{c,a,b}") == "raw@c raw@a raw@b");
  CHECK(starts_of("raw@b or raw@a..c") == "raw@b raw@a raw@c");
  CHECK(starts_of("raw@{b..c,a} or raw@c") == "raw@b raw@c raw@a");
  const std::string both = starts_of("+made@{c,a}");  // raw@a need not wait for made@c
  CHECK(both.find("raw@c") < both.find("raw@a"));
  CHECK(both.find("made@c") < both.find("made@a"));
  CHECK(starts_of("grid@y={2,1},x={b,a}") == "grid@b|2 grid@a|2 grid@b|1 grid@a|1");
  CHECK(starts_of("batched@{d,b..c,a}") == "batched@d batched@b..c batched@a");
}

TEST_CASE("what cannot be recorded stops the run: nothing goes on from it") {
  const Plan plan = two_assets();
  FakeExecutor executor(1, succeed);
  Notes notes(plan);
  notes.full = true;
  const Result<RunCounts> refused = run_plan(plan, executor, notes, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "disk full");
  for (const std::string& line : notes.lines) CHECK(line.substr(0, 4) == "raw@");
}

TEST_CASE("what failed is attempted again when its time has come, and blocks nobody until then") {
  const Plan plan = retried(2, 60);
  FakeClock clock;
  std::vector<std::int64_t> attempts_of_a;
  FakeExecutor executor(
      1,
      [&](const Task& task) {
        if (task.asset->key != "raw" || task.partition != "a") return succeed(task);
        attempts_of_a.push_back(clock.micros);
        return task.attempt < 3 ? TaskResult::Status::failed : succeed(task);
      },
      &clock);
  Notes notes(plan);
  ScheduleOptions options;
  options.clock = &clock;
  const RunCounts counts = *run_plan(plan, executor, notes, options);
  CHECK(counts.materialized == 4);
  CHECK(counts.failed == 0);
  CHECK(notes.lines == std::vector<std::string>{"raw@a 1", "raw@b 0", "clean@b 0", "raw@a 1 #2",
                                                "raw@a 0 #3", "clean@a 0"});
  REQUIRE(attempts_of_a.size() == 3);
  CHECK(attempts_of_a[1] - attempts_of_a[0] >= 60'000'000);
  CHECK(attempts_of_a[2] - attempts_of_a[1] >= 60'000'000);
}

TEST_CASE("a partition is attempted once, and once more for each retry, and then has failed") {
  const Plan plan = retried(2, 0);
  int attempts = 0;
  FakeExecutor executor(1, [&](const Task&) { return ++attempts, TaskResult::Status::failed; });
  Notes notes(plan);
  const RunCounts counts = *run_plan(plan, executor, notes, {});
  CHECK(attempts == 6);
  CHECK(counts.failed == 2);
  CHECK(counts.upstream_failed == 2);
  CHECK(std::count(notes.lines.begin(), notes.lines.end(), "raw@a 1 #3") == 1);
}

TEST_CASE("a function that asks for another attempt gets one where its asset says nothing") {
  const Plan plan = retried(0, 0);
  FakeExecutor executor(1, [](const Task& task) {
    return task.partition == "a" ? TaskResult::Status::failed : TaskResult::Status::materialized;
  });
  executor.failure_.kind = "retry";
  Notes notes(plan);
  CHECK(run_plan(plan, executor, notes, {})->failed == 1);
  CHECK(std::count(notes.lines.begin(), notes.lines.end(), "raw@a 1 #2") == 1);
}

TEST_CASE("an interrupt ends the wait for a retry: the failure was the last word") {
  const Plan plan = retried(5, 1e6);
  FakeClock clock;
  std::atomic<int> interrupts = 0;
  FakeExecutor executor(
      1,
      [](const Task& task) {
        return task.asset->key == "raw" ? TaskResult::Status::failed : succeed(task);
      },
      &clock);
  Notes notes(plan);
  ScheduleOptions options;
  options.clock = &clock;
  options.interrupts = &interrupts;
  notes.on_tick = [&] { interrupts = notes.durable == 2 ? 1 : 0; };
  const RunCounts counts = *run_plan(plan, executor, notes, options);
  CHECK(counts.failed == 2);
  CHECK(counts.cancelled == 2);
  CHECK(clock.micros < 1'000'000'000'000);
}

TEST_CASE("after so many failures nothing more starts") {
  const Plan plan = two_assets();
  FakeExecutor executor(1, [](const Task&) { return TaskResult::Status::failed; });
  Notes notes(plan);
  ScheduleOptions options;
  options.most_failures = 2;
  const RunCounts counts = *run_plan(plan, executor, notes, options);
  CHECK(counts.failed == 2);
  CHECK(counts.failed + counts.cancelled + counts.upstream_failed == 6);
}

TEST_CASE("an exclusive asset has one partition running at a time") {
  FakeWorld world;
  world.asset("raw", keys({"a", "b", "c", "d"}));
  world.def("raw").policy.exclusive = true;
  const Plan plan = *world.plan("*", Wanted{.all = true});
  FakeExecutor executor(4, succeed);
  Notes notes(plan);
  CHECK(run_plan(plan, executor, notes, {})->materialized == 4);
  CHECK(executor.most_ == 1);
}

TEST_CASE("no more partitions run at once that share a value of a dimension than its cap allows") {
  FakeWorld world;
  PartitionsDefinition grid;
  grid.dimensions = {{"day", StaticDimension{{"1", "2", "3", "4", "5"}}},
                     {"region", StaticDimension{{"eu", "us", "za"}}}};
  PartitionsDefinition regions;
  regions.dimensions = {{"hour", StaticDimension{{"h"}}},
                        {"region", StaticDimension{{"eu", "za"}}}};
  world.asset("grid", grid).asset("other", regions);
  const Plan plan = *world.plan("*", Wanted{.all = true});
  std::map<std::string, std::int64_t> most;
  FakeExecutor executor(16, succeed);
  executor.on_submit_ = [&](const std::deque<Task>& tasks) {
    std::map<std::string, std::int64_t> now;
    for (const Task& task : tasks) ++now[task.keys.at(1).key];
    for (const auto& [region, count] : now) most[region] = std::max(most[region], count);
  };
  Notes notes(plan);
  ScheduleOptions options;
  options.most_by_dimension = {{"region", 2}};
  options.newest_first = true;
  CHECK(run_plan(plan, executor, notes, options)->materialized == 17);
  CHECK(most == std::map<std::string, std::int64_t>{{"eu", 2}, {"us", 2}, {"za", 2}});
}

TEST_CASE("a run's time ends: what runs is told, later killed, and nothing more starts") {
  const Plan plan = two_assets();
  FakeClock clock;
  FakeExecutor executor(1, succeed, &clock);
  executor.stuck_ = true;
  Notes notes(plan);
  ScheduleOptions options;
  options.clock = &clock;
  options.timeout = 30;
  notes.on_tick = [&] {
    const double seconds = static_cast<double>(clock.micros) / 1e6;
    if (executor.cancelled_) CHECK(seconds >= 30);
    if (executor.killed_) CHECK(seconds >= 30 + kTimeoutGraceSeconds);
  };
  const RunCounts counts = *run_plan(plan, executor, notes, options);
  CHECK(counts.timed_out);
  CHECK(executor.cancelled_);
  CHECK(executor.killed_);
  CHECK(counts.cancelled == 6);
}

TEST_CASE("an asset of which process after process dies is given up, and what needs it") {
  FakeWorld world;
  std::vector<std::string> many;
  for (int i = 0; i < 30; ++i) many.push_back("k" + std::to_string(i));
  world.asset("bad", keys(many))
      .asset("fine", keys(many))
      .asset("child", keys(many), {{"bad", {}}});
  world.def("bad").policy.retry.max_retries = 1;
  world.def("bad").policy.retry.delay = 1e6;
  const Plan plan = *world.plan("*", Wanted{.all = true});
  FakeExecutor executor(8, [](const Task& task) {
    return task.asset->key == "bad" ? TaskResult::Status::failed : succeed(task);
  });
  executor.failure_ = {"signal", 6, "SIGABRT", {}, {}, true};
  Notes notes(plan);
  ScheduleOptions options;
  options.most_worker_deaths = 5;
  const RunCounts counts = *run_plan(plan, executor, notes, options);
  CHECK(counts.materialized == 30);
  CHECK(counts.failed == 5);
  CHECK(counts.upstream_failed == 55);
  REQUIRE(notes.notices.size() == 1);
  CHECK(notes.notices[0].find("25 partitions of `bad` held back: 5 processes in a row died") == 0);
}

TEST_CASE("of a batch that fails just the undecided fail, and are attempted again together") {
  FakeWorld world;
  world.asset("days", daily("2024-01-01", "2024-01-08"));
  world.def("days").policy.batch = 7;
  world.def("days").policy.retry.max_retries = 1;
  const Plan plan = *world.plan("*", Wanted{.all = true});
  std::vector<std::size_t> sizes;
  FakeExecutor executor(4, [](const Task& task) {
    return task.attempt == 1 ? TaskResult::Status::failed : TaskResult::Status::materialized;
  });
  executor.decide_ = [&](const Task& task, ExecutorClient& client) {
    sizes.push_back(task.parts.size());
    for (const std::int64_t part : {1, 3, 4}) {
      if (task.attempt > 1) continue;
      TaskResult result;
      result.id = part_id(task.id, part);
      result.status = part == 1 ? TaskResult::Status::materialized : TaskResult::Status::skipped;
      client.decided(task.id, std::move(result));
    }
  };
  Notes notes(plan);
  const RunCounts counts = *run_plan(plan, executor, notes, {});
  CHECK(counts.materialized == 5);
  CHECK(counts.skipped == 2);
  CHECK(counts.failed == 0);
  CHECK(notes.starts.front() == "days@2024-01-01..2024-01-07");
  std::sort(sizes.begin(), sizes.end());
  CHECK(sizes == std::vector<std::size_t>{1, 1, 2, 7});
}

TEST_CASE("the wait before a retry follows the policy") {
  RetryPolicy policy{9, 10, RetryPolicy::Backoff::none, RetryPolicy::Jitter::none};
  CHECK(retry_delay(policy, 3, 0.5) == 10);
  policy.backoff = RetryPolicy::Backoff::linear;
  CHECK(retry_delay(policy, 3, 0.5) == 30);
  policy.backoff = RetryPolicy::Backoff::exponential;
  CHECK(retry_delay(policy, 1, 0.5) == 10);
  CHECK(retry_delay(policy, 3, 0.5) == 70);
  policy.jitter = RetryPolicy::Jitter::full;
  CHECK(retry_delay(policy, 3, 0.5) == 35);
  policy.jitter = RetryPolicy::Jitter::plus_minus;
  CHECK(retry_delay(policy, 3, 0) == 60);
  CHECK(retry_delay(policy, 3, 1) == 80);
  CHECK(retry_delay(policy, 1'000'000, 1) <= 366.0 * 86400);
}

TEST_CASE("what is conditional runs where it is needed, and lets others go on where it is not") {
  FakeWorld world;
  world.asset("raw", keys({"a", "b", "c"}))
      .asset("clean", keys({"a", "b", "c"}), {{"raw", {}}})
      .asset("report", {}, {{"clean", {}}});
  Plan plan = *world.plan("*", Wanted{.all = true});
  plan.assets[1].conditional = plan.assets[1].targets;
  Notes notes(plan);
  notes.needed = {1};
  FakeExecutor executor(4, &succeed);
  const Result<RunCounts> counts = run_plan(plan, executor, notes, {});
  REQUIRE(counts);
  CHECK(counts->materialized == 5);
  CHECK(counts->unchanged == 2);
  CHECK(std::count(notes.starts.begin(), notes.starts.end(), "clean@b") == 1);
  CHECK(std::count(notes.starts.begin(), notes.starts.end(), "clean@a") == 0);
  CHECK(std::count(notes.starts.begin(), notes.starts.end(), "report@") == 1);
}

TEST_CASE("at every moment what is not durable is left, and what has begun of it runs") {
  const Plan plan = two_assets();
  FakeExecutor executor(2, succeed);
  Notes notes(plan);
  Index most_left = 0;
  notes.look_at = [&](const std::vector<AssetActivity>& activity) {
    REQUIRE(activity.size() == 2);
    Index left = 0;
    for (const AssetActivity& one : activity) {
      left += one.left.count();
      CHECK(one.left.includes(one.running));
    }
    CHECK(left + notes.durable == 6);
    most_left = std::max(most_left, left);
  };
  CHECK(run_plan(plan, executor, notes, {})->materialized == 6);
  CHECK(most_left == 6);
}

TEST_CASE("what has begun and is not over runs, and what only waits for its turn does not") {
  const Plan plan = two_assets();
  FakeExecutor executor(2, succeed);
  Notes notes(plan);
  std::vector<AssetActivity> seen;
  const RunActivity* run = nullptr;
  notes.with_run = [&](const RunActivity& given) { run = &given; };
  executor.decide_ = [&](const Task&, ExecutorClient&) {
    if (seen.empty()) seen = run->activity();
  };
  CHECK(run_plan(plan, executor, notes, {})->materialized == 6);
  REQUIRE(seen.size() == 2);
  const std::size_t raw = plan.assets[0].def.key == "raw" ? 0 : 1;
  CHECK(seen[raw].running == PartitionSet::of_index({3}, 0));
  CHECK(seen[raw].left == PartitionSet::all({3}));
  CHECK(seen[1 - raw].running.empty());
  CHECK(seen[1 - raw].left == PartitionSet::all({3}));
}

TEST_CASE("what waits for another attempt is left, and what is cancelled is not") {
  const Plan plan = retried(1, 10);
  FakeClock clock;
  std::atomic<int> interrupts = 0;
  FakeExecutor executor(1, [](const Task&) { return TaskResult::Status::failed; }, &clock);
  Notes notes(plan);
  ScheduleOptions options;
  options.clock = &clock;
  options.interrupts = &interrupts;
  bool waited = false;
  notes.look_at = [&](const std::vector<AssetActivity>& activity) {
    if (notes.durable < 2) return;
    for (const AssetActivity& one : activity) {
      if (interrupts == 0) waited = waited || one.left == PartitionSet::all({2});
      if (interrupts > 0) CHECK(one.left.empty());
      CHECK(one.running.empty());
    }
    interrupts = 1;
  };
  CHECK(run_plan(plan, executor, notes, options)->failed == 2);
  CHECK(waited);
}

TEST_CASE("of a batch what is not decided runs") {
  FakeWorld world;
  world.asset("days", keys({"a", "b", "c", "d"}));
  world.def("days").policy.batch = RunPolicy::kWholeRange;
  const Plan plan = *world.plan("*", Wanted{.all = true});
  FakeExecutor executor(1, succeed);
  Notes notes(plan);
  const RunActivity* run = nullptr;
  PartitionSet running;
  notes.with_run = [&](const RunActivity& given) { run = &given; };
  executor.decide_ = [&](const Task& task, ExecutorClient& client) {
    TaskResult second;
    second.id = part_id(task.id, 1);
    second.status = TaskResult::Status::materialized;
    client.decided(task.id, std::move(second));
    running = run->activity()[0].running;
  };
  CHECK(run_plan(plan, executor, notes, {})->materialized == 4);
  CHECK(running == PartitionSet::of_runs({4}, {{0, 1}, {2, 4}}));
}
