#include "cli/run_progress.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace partita;

namespace {

class FakeClock final : public Clock {
 public:
  Instant now() const override { return 0; }
  std::int64_t now_micros() const override { return 0; }
  std::int64_t monotonic_micros() const override { return micros; }
  std::int64_t micros = 0;
};

// A run of which everything that is said is in `said`.
struct Fixture {
  FakeClock clock;
  std::atomic<int> interrupts = 0;
  std::string said;
  RunProgress progress{plain_printer([this](std::string_view text) { said += text; }),
                       {.look = {}, .verbose = false, .clock = &clock, .interrupts = &interrupts}};

  void plan(std::int64_t count) {
    PlanView view;
    view.tasks = {{"orders", "2024-01-01..", "missing", count}};
    progress.planned(3, view, 0);
  }
  void finish(std::int64_t task, std::string_view key, DisplayStatus status) {
    AttemptView attempt;
    attempt.status = status;
    if (status == DisplayStatus::failed) attempt.error = FailureView{"error", 0, "no feed", ""};
    progress.finished({task, "orders", key}, attempt);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a run says how much it is, what fails and how far it is") {
  plan(24);
  progress.started({1, "orders", "2024-01-01"});
  finish(1, "2024-01-01", DisplayStatus::materialized);
  progress.started({2, "orders", "2024-01-02"});
  finish(2, "2024-01-02", DisplayStatus::failed);
  progress.tick();
  clock.micros = 10'000'000;
  progress.tick();
  CHECK(said ==
        "run 3: 24 partitions of 1 asset\n"
        "failed orders@2024-01-02: no feed\n"
        "run 3: 2/24 done, 1 failed, 12/min, 1 min 50 s left\n");
}

TEST_CASE_FIXTURE(Fixture, "a check that did not pass is told though its partition is there") {
  plan(1);
  AttemptView attempt;
  attempt.status = DisplayStatus::materialized;
  attempt.checks.push_back({"no_gaps", false, false, true, "3 gaps", {}});
  attempt.checks.push_back({"in_order", true, false, true, "", {}});
  progress.finished({1, "orders", "2024-01-01"}, attempt);
  CHECK(said.find("check not passed no_gaps on orders@2024-01-01: 3 gaps\n") != std::string::npos);
  CHECK(said.find("in_order") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "what the plan holds back is told with its reason") {
  PlanView view;
  view.blocked = {{"orders", "2024-02-01", "upstream feeds is missing", 1}};
  progress.planned(3, view, 0);
  finish(0, "2024-02-01", DisplayStatus::upstream_failed);
  CHECK(progress.held_back() == 1);
  CHECK(said ==
        "run 3: 0 partitions of 0 assets\n"
        "held back orders@2024-02-01: upstream feeds is missing\n");
}

TEST_CASE_FIXTURE(Fixture, "interrupts are told once each") {
  plan(24);
  said.clear();
  interrupts = 1;
  progress.tick();
  progress.tick();
  CHECK(said == "stopping: running partitions finish; press Ctrl-C again to kill them\n");
  said.clear();
  interrupts = 2;
  progress.tick();
  progress.tick();
  CHECK(said == "killing what runs\n");
}

TEST_CASE_FIXTURE(Fixture, "a flood of failures is counted, not printed") {
  plan(100);
  said.clear();
  for (int i = 0; i < 100; ++i) finish(i + 1, "k" + std::to_string(i), DisplayStatus::failed);
  CHECK(std::count(said.begin(), said.end(), '\n') == 21);
  CHECK(said.ends_with("further failures are only counted\n"));
  CHECK(progress.failures().count() == 100);
}

TEST_CASE_FIXTURE(Fixture, "waiting for another run is told once") {
  progress.waiting_for(2, 4711);
  progress.waiting_for(2, 4711);
  CHECK(said == "waiting for run 2 of process 4711 to end\n");
}
