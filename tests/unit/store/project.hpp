// A store in a directory of its own, for one test, and attempts to put into it.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "store/store.hpp"

namespace partita::testing {

// Each look at it is a second later.
class StepClock final : public Clock {
 public:
  Instant now() const override { return now_micros() / 1'000'000; }
  std::int64_t now_micros() const override { return micros_ += 1'000'000; }
  std::int64_t monotonic_micros() const override { return now_micros(); }

 private:
  mutable std::int64_t micros_ = 1'700'000'000'000'000;
};

class Project {
 public:
  Project() : directory_(*make_temporary_directory("partita-store-")) { reopen(); }
  ~Project() {
    store_.reset();
    static_cast<void>(remove_tree(directory_));
  }
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  Path file() const { return directory_ / "store.db"; }
  const Path& directory() const { return directory_; }
  const Clock& clock() const { return clock_; }
  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }

  void close() { store_.reset(); }
  void reopen() {
    store_.reset();
    auto opened = Store::open(file(), clock_);
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    store_ = std::move(*opened);
  }

  RunId begin_run() {
    RunRecord run;
    run.pid = 1;
    run.selection = "all";
    auto id = store_->begin_run(run);
    REQUIRE(id);
    return *id;
  }

  void record(RunId run, std::vector<AttemptRecord> attempts) {
    auto recorded = store_->record(run, attempts);
    REQUIRE_MESSAGE(recorded, (recorded ? "" : recorded.error().message));
  }

  // The projections are what follows from the log.
  void check_follows_from_log() {
    const Path scratch = directory_ / "scratch";
    REQUIRE(make_directories(scratch));
    const auto problems = store_->check(scratch);
    REQUIRE(problems);
    for (const std::string& problem : *problems) MESSAGE(problem);
    CHECK(problems->empty());
    REQUIRE(remove_tree(scratch));
  }

 private:
  Path directory_;
  StepClock clock_;
  std::unique_ptr<Store> store_;
};

inline AttemptRecord attempt_at(std::string asset, std::string identity,
                                Outcome outcome = Outcome::materialized) {
  AttemptRecord attempt;
  attempt.asset = std::move(asset);
  attempt.identity = identity;
  attempt.key = "key of " + identity;
  attempt.outcome = outcome;
  attempt.started = 1'700'000'000'000'000;
  attempt.finished = attempt.started + 2'000'000;
  attempt.data_version = "00ff17";
  attempt.code_version = "1";
  attempt.code_hash = "abc";
  if (outcome == Outcome::failed) {
    attempt.failure =
        FailureRecord{"error", 0, "no rows for " + identity + "\nat all", "main.cpp:1"};
  }
  return attempt;
}

}  // namespace partita::testing
