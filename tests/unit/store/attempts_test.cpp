#include "project.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;

namespace {

std::int64_t count_of(const RunRecord& run, Outcome outcome) {
  for (const auto& [each, count] : run.counts) {
    if (each == outcome) return count;
  }
  return 0;
}

std::string identities(const std::vector<AttemptRecord>& attempts) {
  std::string joined;
  for (const AttemptRecord& attempt : attempts) joined += attempt.identity;
  return joined;
}

}  // namespace

TEST_CASE("a partition that was never attempted has no state") {
  Project project;
  CHECK_FALSE(project->state("a", "x")->has_value());
  CHECK_FALSE(project->materialization("a", "x")->has_value());
  CHECK_FALSE(project->last_attempt("a", "x")->has_value());
  CHECK(*project->typical_seconds("a") == 0);
}

TEST_CASE("a failure does not hide an earlier materialization") {
  Project project;
  const RunId first = project.begin_run();
  project.record(first, {attempt_at("a", "x")});
  const RunId second = project.begin_run();
  project.record(second, {attempt_at("a", "x", Outcome::failed)});
  const PartitionState state = project->state("a", "x")->value();
  CHECK(state.last == Outcome::failed);
  CHECK(state.materialized);
  CHECK(state.last_run == second);
  CHECK(state.key == "key of x");
  CHECK(state.reason == "no rows for x");
  const Materialization made = project->materialization("a", "x")->value();
  CHECK(made.run == first);
  CHECK(made.seq < state.last_seq);
}

TEST_CASE("a materialization has all that was recorded of it") {
  Project project;
  AttemptRecord attempt = attempt_at("a", "x");
  attempt.metadata = {{"rows", Json::object().set("kind", "int").set("value", 3)}};
  attempt.output = OutputRecord{"/staged", "/target", 9};
  project.record(project.begin_run(), {attempt});
  const Materialization made = project->materialization("a", "x")->value();
  CHECK(made.identity == "x");
  CHECK(made.key == attempt.key);
  CHECK(made.finished == attempt.finished);
  CHECK(made.data_version == "00ff17");
  CHECK(made.code_version == "1");
  CHECK(made.code_hash == "abc");
  CHECK(made.output_dir == "/target");
  CHECK(made.metadata == attempt.metadata);
}

TEST_CASE("a materialization is found before a failure of the same commit") {
  Project project;
  const RunId run = project.begin_run();
  project.record(run, {attempt_at("a", "x"), attempt_at("a", "x", Outcome::failed)});
  CHECK(project->materialization("a", "x")->value().data_version == "00ff17");
  AttemptRecord failed = attempt_at("a", "y", Outcome::failed);
  failed.data_version = "bad0";
  project.record(run, {attempt_at("a", "y"), failed});
  CHECK(project->materialization("a", "y")->value().data_version == "00ff17");
}

TEST_CASE("materializations come in the order asked, absent ones left out") {
  Project project;
  std::vector<AttemptRecord> attempts;
  for (const char* identity : {"d", "b", "a", "c"}) attempts.push_back(attempt_at("a", identity));
  attempts.push_back(attempt_at("a", "failed", Outcome::failed));
  project.record(project.begin_run(), attempts);
  const std::vector<std::string> wanted = {"c", "a", "none", "d", "d", "failed", "b"};
  std::string found;
  REQUIRE(project->for_each_materialization(
      "a", wanted, [&](const Materialization& made) { found += made.identity; }));
  CHECK(found == "caddb");
}

TEST_CASE("a batch of several assets and retries within it is recorded in order") {
  Project project;
  const RunId run = project.begin_run();
  project.record(run, {attempt_at("b", "x", Outcome::failed), attempt_at("a", "x"),
                       attempt_at("b", "x"), attempt_at("a", "w", Outcome::skipped)});
  CHECK(project->state("b", "x")->value().last == Outcome::materialized);
  const RunRecord record = *project->run(run);
  CHECK(count_of(record, Outcome::materialized) == 2);
  CHECK(count_of(record, Outcome::skipped) == 1);
  CHECK(count_of(record, Outcome::failed) == 0);
}

TEST_CASE("a retry takes the place of the attempt before it in its run") {
  Project project;
  const RunId run = project.begin_run();
  project.record(run, {attempt_at("a", "x", Outcome::failed), attempt_at("a", "y")});
  project.record(run, {attempt_at("a", "x")});
  const auto attempts = *project->attempts(run, false, 10);
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[0].outcome == Outcome::materialized);
  CHECK(attempts[1].outcome == Outcome::materialized);
  CHECK(project->attempts(run, true, 10)->empty());
  CHECK(count_of(*project->run(run), Outcome::materialized) == 2);
  CHECK(count_of(*project->run(run), Outcome::failed) == 0);
}

TEST_CASE("runs that take turns at a partition keep their own counts and attempts") {
  Project project;
  const RunId first = project.begin_run();
  const RunId second = project.begin_run();
  AttemptRecord attempt = attempt_at("a", "x", Outcome::failed);
  attempt.log = "first";
  project.record(first, {attempt});
  attempt.log = "second";
  project.record(second, {attempt});
  CHECK(*project->log(first, "a", "x") == "first");
  project.record(first, {attempt_at("a", "x")});
  CHECK(count_of(*project->run(first), Outcome::failed) == 0);
  CHECK(count_of(*project->run(first), Outcome::materialized) == 1);
  CHECK(count_of(*project->run(second), Outcome::failed) == 1);
  CHECK(project->attempts(first, false, 10)->size() == 1);
  CHECK(*project->log(first, "a", "x") == "");
  CHECK(*project->log(second, "a", "x") == "second");
}

TEST_CASE("the attempts of a run are in the order they ended, up to a limit") {
  Project project;
  const RunId run = project.begin_run();
  std::vector<AttemptRecord> attempts;
  for (int i = 0; i < 5; ++i) {
    attempts.push_back(
        attempt_at("a", std::to_string(i), i % 2 == 0 ? Outcome::failed : Outcome::materialized));
    attempts.back().finished -= i;
  }
  project.record(run, attempts);
  CHECK(identities(*project->attempts(run, false, 10)) == "43210");
  CHECK(identities(*project->attempts(run, true, 10)) == "420");
  CHECK(project->attempts(run, false, 2)->size() == 2);
  CHECK(project->attempts(run + 1, false, 2).error().code == ErrorCode::not_found);
}

TEST_CASE("the last attempt reads back in full, with its captured output") {
  Project project;
  AttemptRecord attempt = attempt_at("a", "x", Outcome::failed);
  attempt.attempt = 2;
  attempt.log = std::string("line\0two", 8);
  attempt.checks.push_back({"check", true, true, false, false, "", {}});
  project.record(project.begin_run(), {attempt});
  const AttemptRecord read = project->last_attempt("a", "x")->value();
  CHECK(read.asset == "a");
  CHECK(read.key == attempt.key);
  CHECK(read.attempt == 2);
  CHECK(read.log == attempt.log);
  CHECK(read.failure->message == attempt.failure->message);
  CHECK(read.checks.size() == 1);
  CHECK(read.started == attempt.started);
  CHECK(read.finished == attempt.finished);
}

TEST_CASE("recording under a run that does not exist leaves nothing") {
  Project project;
  const std::vector<AttemptRecord> attempts = {attempt_at("a", "x")};
  const auto refused = project->record(17, attempts);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::not_found);
  CHECK(project->last_seq() == 0);
  CHECK_FALSE(project->state("a", "x")->has_value());
  project.record(project.begin_run(), attempts);
  project.reopen();
  CHECK(project->state("a", "x")->value().materialized);
  CHECK(project->materialization("a", "x")->value().code_hash == "abc");
}

TEST_CASE("an output is unpublished until it is marked") {
  Project project;
  AttemptRecord first = attempt_at("a", "x");
  first.output = OutputRecord{"/s/1", "/t/x", 1};
  AttemptRecord second = attempt_at("a", "y");
  second.output = OutputRecord{"/s/2", "/t/y", 2};
  project.record(project.begin_run(), {first, second});
  CHECK(project->unpublished_outputs()->size() == 2);
  REQUIRE(project->mark_published(std::vector{*first.output}));
  project.reopen();
  const auto left = *project->unpublished_outputs();
  REQUIRE(left.size() == 1);
  CHECK(left[0].staged == "/s/2");
  CHECK(left[0].target == "/t/y");
  CHECK(left[0].inode == 2);
}

TEST_CASE("a typical duration follows the attempts") {
  Project project;
  const RunId run = project.begin_run();
  project.record(run, {attempt_at("a", "x")});
  CHECK(*project->typical_seconds("a") == doctest::Approx(2.0));
  AttemptRecord slow = attempt_at("a", "y");
  slow.finished = slow.started + 12'000'000;
  project.record(run, {slow});
  CHECK(*project->typical_seconds("a") > 2.0);
  CHECK(*project->typical_seconds("a") < 12.0);
}

TEST_CASE("a visitor may ask the store for more") {
  Project project;
  project.record(project.begin_run(), {attempt_at("a", "x"), attempt_at("a", "y")});
  int found = 0;
  REQUIRE(project->for_each_state("a", [&](const PartitionState& state) {
    if (project->materialization("a", state.identity)->has_value()) ++found;
    REQUIRE(project->for_each_state("a", [&](const PartitionState&) { ++found; }));
  }));
  CHECK(found == 6);
}

TEST_CASE("of very many partitions the first and the last are found") {
  Project project;
  std::vector<AttemptRecord> attempts;
  for (const char* key : {"a", "b", "c", "d", "e", "f"}) attempts.push_back(attempt_at("x", key));
  project.record(project.begin_run(), attempts);
  const auto found = [&](std::int64_t most) {
    const auto states = project->states_at_ends("x", most);
    REQUIRE(states);
    std::string keys;
    for (const PartitionState& state : *states) keys += state.identity;
    return keys;
  };
  CHECK(found(1) == "a");
  CHECK(found(3) == "abf");
  CHECK(found(4) == "abfe");
  CHECK(found(6) == "abcfed");
  CHECK(found(100) == "abcdef");
  CHECK(project->states_at_ends("nobody", 4)->empty());
}
