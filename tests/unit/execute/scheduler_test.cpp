#include "execute/scheduler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <semaphore>

#include "support/world.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

// Ends tasks in the order they were submitted, as a function says.
class FakeExecutor final : public Executor {
 public:
  using Outcome = std::function<TaskResult::Status(const Task&)>;
  FakeExecutor(std::size_t slots, Outcome outcome) : slots_(slots), outcome_(std::move(outcome)) {}

  std::size_t capacity() const override { return slots_; }
  Status submit(Task task) override {
    tasks_.push_back(std::move(task));
    most_ = std::max(most_, tasks_.size());
    return {};
  }
  Status wait(int, ExecutorClient& client) override {
    if (tasks_.empty()) {
      woken_.acquire();
      return {};
    }
    client.started(tasks_.front().id);
    TaskResult result;
    result.id = tasks_.front().id;
    result.status = outcome_(tasks_.front());
    if (result.status == TaskResult::Status::failed)
      result.failure = TaskFailure{"error", 0, "no", {}};
    tasks_.pop_front();
    client.finished(std::move(result));
    return {};
  }
  void wake() override { woken_.release(); }
  std::vector<std::int64_t> recall() override {
    std::vector<std::int64_t> ids;
    for (const Task& task : tasks_) ids.push_back(task.id);
    tasks_.clear();
    return ids;
  }
  void cancel() override { cancelled_ = true; }
  void kill() override { killed_ = true; }

  std::size_t most_ = 0;
  bool cancelled_ = false, killed_ = false;

 private:
  std::size_t slots_;
  Outcome outcome_;
  std::deque<Task> tasks_;
  std::counting_semaphore<> woken_{0};
};

class Notes final : public RunObserver {
 public:
  explicit Notes(const Plan& plan) : plan_(plan) {}
  Status record(std::span<const FinishedPartition> finished) override {
    for (const FinishedPartition& one : finished) {
      const PlannedAsset& asset = plan_.assets[one.asset];
      lines.push_back(asset.def.key + "@" + one.key + " " +
                      std::to_string(static_cast<int>(one.fate)) +
                      (one.reason.empty() ? "" : ": " + one.reason));
    }
    if (full) return io_error("disk full");
    return {};
  }
  std::int64_t moment() override { return 1; }
  Result<InputData> input(const PlannedAsset&, Index, std::string_view) override {
    return InputData{};
  }
  void recorded(const FinishedPartition&) override { ++durable; }
  std::vector<TaskCheck> checks_on(const PlannedAsset&) override { return {}; }
  void started(const RunningPartition& partition) override {
    starts.push_back(std::string(partition.asset) + "@" + std::string(partition.key));
  }
  void progressed(const RunningPartition&, double, std::string_view) override {}
  void printed(const RunningPartition&, std::string_view) override {}
  void tick() override {}

  std::vector<std::string> lines;  // the committer's, until the run has ended
  std::vector<std::string> starts;
  int durable = 0;
  bool full = false;

 private:
  const Plan& plan_;
};

Plan two_assets() {
  FakeWorld world;
  world.asset("raw", keys({"a", "b", "c"})).asset("clean", keys({"a", "b", "c"}), {{"raw", {}}});
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
  options.fail_fast = true;
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
