// Checks that ran on their own, in the store.
#include "project.hpp"
#include "store/sqlite.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;

namespace {

AttemptRecord with_check(AttemptRecord attempt, bool passed, const char* reason = "") {
  attempt.checks.push_back({"sane", passed, true, false, false, reason, {}});
  return attempt;
}

// What checking the partition came to, of what the log held up to `read_seq`.
AttemptRecord check_of(const char* identity, bool passed, std::int64_t read_seq) {
  AttemptRecord record = with_check(
      attempt_at("a", identity, passed ? Outcome::passed : Outcome::failed), passed, "looked odd");
  record.read_seq = read_seq;
  record.log = "checking";
  return record;
}

RunId begin_check_run(Project& project) {
  RunRecord run;
  run.kind = RunKind::check;
  run.selection = "a";
  return *project->begin_run(run);
}

std::string not_passed(Project& project) {
  std::string found;
  REQUIRE(project->for_each_check_result(
      "a", Store::CheckResults::not_passed,
      [&](std::string_view identity, std::string_view name, bool) {
        found += std::string(identity) + " " + std::string(name) + ", ";
      }));
  return found;
}

LastCheck last_check(Project& project, const char* identity) {
  const auto checks = project->last_checks("a", identity);
  REQUIRE(checks);
  REQUIRE(checks->size() == 1);
  return checks->front();
}

}  // namespace

TEST_CASE("checks on their own change what is known of checks, and nothing else") {
  Project project;
  project.record(project.begin_run(),
                 {with_check(attempt_at("a", "x"), true), with_check(attempt_at("a", "y"), true)});
  const PartitionState before = project->state("a", "x")->value();
  const RunId run = begin_check_run(project);
  const std::int64_t seq = project->last_seq();
  REQUIRE(project->record_checks(run,
                                 std::vector{check_of("x", false, seq), check_of("y", true, seq)}));

  const PartitionState after = project->state("a", "x")->value();
  CHECK(after.last == Outcome::materialized);
  CHECK(after.last_seq == before.last_seq);
  CHECK(project->attempts_at("a", "x", 10)->size() == 1);
  CHECK(project->latest_materialization("a")->value().seq == before.last_seq);
  const LastCheck check = last_check(project, "x");
  CHECK_FALSE(check.result.passed);
  CHECK(check.result.reason == "looked odd");
  CHECK(check.run == run);
  CHECK(last_check(project, "y").run == run);

  const RunRecord record = *project->run(run);
  CHECK(record.counts ==
        std::vector<std::pair<Outcome, std::int64_t>>{{Outcome::failed, 1}, {Outcome::passed, 1}});
  const auto attempts = project->attempts(run, true, 10);
  REQUIRE(attempts);
  CHECK(attempts->at(0).identity == "x");
  CHECK(attempts->at(0).read_seq == seq);
  CHECK(*project->log(run, "a", "x") == "checking");
  project.check_follows_from_log();
}

TEST_CASE("the result of checking what was made anew meanwhile is the run's alone") {
  Project project;
  project.record(project.begin_run(), {with_check(attempt_at("a", "x"), false)});
  const std::int64_t seq = project->last_seq();
  const RunId made_by = project.begin_run();
  project.record(made_by, {with_check(attempt_at("a", "x"), true)});
  const RunId run = begin_check_run(project);
  REQUIRE(project->record_checks(run, std::vector{check_of("x", false, seq)}));
  CHECK(last_check(project, "x").run == made_by);
  CHECK_FALSE(project->attempts(run, false, 10)->at(0).checks.at(0).passed);
  REQUIRE(project->rebuild());
  CHECK(last_check(project, "x").run == made_by);
}

TEST_CASE("an attempt that came to nothing says nothing of what is there of before") {
  Project project;
  project.record(project.begin_run(), {with_check(attempt_at("a", "x"), true)});
  project.record(project.begin_run(),
                 {with_check(attempt_at("a", "x", Outcome::failed), false, "too few"),
                  with_check(attempt_at("a", "y", Outcome::failed), false, "too few")});
  CHECK(last_check(project, "x").result.passed);
  CHECK_FALSE(last_check(project, "y").result.passed);
  project.check_follows_from_log();
}

TEST_CASE("a partition that was wiped has no results of its checks") {
  Project project;
  project.record(project.begin_run(), {with_check(attempt_at("a", "x"), true)});
  REQUIRE(project->wipe("a", std::vector<WipeTarget>{{"a", "x", {}}}));
  REQUIRE(project->record_checks(begin_check_run(project),
                                 std::vector{check_of("x", true, project->last_seq())}));
  CHECK(project->last_checks("a", "x")->empty());
}

TEST_CASE("a file of before there were check runs has its results of the materializations") {
  Project project;
  const RunId run = project.begin_run();
  project.record(run, {with_check(attempt_at("a", "x"), false, "too few")});
  project.close();
  {
    auto database = Database::open(project.file());
    REQUIRE(database);
    REQUIRE(
        (*database)->execute("ALTER TABLE run DROP COLUMN passed;"
                             "ALTER TABLE check_result DROP COLUMN seq;"
                             "PRAGMA user_version=4"));
  }
  project.reopen();
  CHECK(last_check(project, "x").result.reason == "too few");
  CHECK(last_check(project, "x").run == run);
  project.check_follows_from_log();
  REQUIRE(project->record_checks(begin_check_run(project),
                                 std::vector{check_of("x", true, project->last_seq())}));
  CHECK(last_check(project, "x").result.passed);
}

TEST_CASE("what is made anew has only the results of its own checks") {
  Project project;
  AttemptRecord checked = with_check(attempt_at("a", "x"), false);
  checked.checks.push_back({"short", true, true, false, false, "", {}});
  project.record(project.begin_run(), {checked, with_check(attempt_at("a", "y"), false)});
  CHECK(not_passed(project) == "x sane, y sane, ");
  project.record(project.begin_run(), {with_check(attempt_at("a", "x"), true)});
  CHECK(last_check(project, "x").result.passed);
  CHECK(not_passed(project) == "y sane, ");
  project.record(project.begin_run(), {attempt_at("a", "y", Outcome::failed)});
  CHECK(not_passed(project) == "y sane, ");
  project.record(project.begin_run(), {attempt_at("a", "y")});
  CHECK(not_passed(project).empty());
  CHECK(project->last_checks("a", "y")->empty());
  int results = 0;
  REQUIRE(project->for_each_check_result("a", Store::CheckResults::all,
                                         [&](std::string_view, std::string_view, bool passed) {
                                           CHECK(passed);
                                           ++results;
                                         }));
  CHECK(results == 1);
  project.check_follows_from_log();
}

TEST_CASE("a file of before loses the results of checks of what is no longer there") {
  Project project;
  project.record(project.begin_run(), {with_check(attempt_at("a", "x"), false),
                                       with_check(attempt_at("a", "y"), false)});
  project.record(project.begin_run(), {attempt_at("a", "x")});
  project.close();
  {
    auto database = Database::open(project.file());
    REQUIRE(database);
    REQUIRE((*database)->execute(
        "DROP INDEX check_not_passed; ALTER TABLE run DROP COLUMN not_started;"
        "ALTER TABLE run DROP COLUMN options; ALTER TABLE run DROP COLUMN config;"
        "INSERT INTO check_result SELECT asset, name, 'x', 0, seq FROM check_result;"
        "PRAGMA user_version=6"));
  }
  project.reopen();
  CHECK(not_passed(project) == "y sane, ");
  project.check_follows_from_log();
}
