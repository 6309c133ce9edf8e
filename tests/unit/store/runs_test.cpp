#include "project.hpp"
#include "store/sqlite.hpp"

using namespace partita;
using partita::testing::Project;

TEST_CASE("a run reads back as it was begun, and as it ended") {
  Project project;
  RunRecord run;
  run.started = 5;
  run.generation = 3;
  run.as_of = -7;
  run.selection = "a@\"x\" and b";
  run.planned = 12;
  run.plan = Json::array().push(Json::object().set("asset", "a").set("count", 12));
  run.pid = 99;
  run.options = {"--only", "a b"};
  const RunId id = *project->begin_run(run);
  RunRecord read = *project->run(id);
  CHECK(read.state == RunState::running);
  CHECK(read.started == 5);
  CHECK(read.options == run.options);
  CHECK(read.finished == 0);
  CHECK(read.generation == 3);
  CHECK(read.as_of == -7);
  CHECK(read.selection == run.selection);
  CHECK(read.planned == 12);
  CHECK(read.plan == run.plan);
  CHECK(read.pid == 99);
  CHECK(read.counts.empty());
  REQUIRE(project->finish_run(id, RunState::failed));
  read = *project->run(id);
  CHECK(read.state == RunState::failed);
  CHECK(read.finished > 0);
}

TEST_CASE("runs are numbered from one and listed newest first, in pages") {
  Project project;
  for (RunId expected = 1; expected <= 5; ++expected) CHECK(project.begin_run() == expected);
  const auto newest = *project->runs(2);
  REQUIRE(newest.size() == 2);
  CHECK(newest[0].id == 5);
  CHECK(newest[1].id == 4);
  const auto older = *project->runs(10, 4);
  REQUIRE(older.size() == 3);
  CHECK(older[0].id == 3);
}

TEST_CASE("a run that does not exist is named in the error") {
  Project project;
  const auto missing = project->run(8);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().message.find("run 8") != std::string::npos);
  CHECK_FALSE(project->finish_run(8, RunState::success));
}

TEST_CASE("runs whose process has ended become interrupted, once") {
  Project project;
  RunRecord run;
  run.pid = 10;
  const RunId dead = *project->begin_run(run);
  run.pid = 11;
  const RunId alive = *project->begin_run(run);
  run.pid = 10;
  const RunId finished = *project->begin_run(run);
  REQUIRE(project->finish_run(finished, RunState::success));
  const auto is_alive = [](const RunRecord& one) { return one.pid == 11; };
  const auto closed = *project->close_abandoned_runs(is_alive);
  REQUIRE(closed.size() == 1);
  CHECK(closed[0].id == dead);
  CHECK(closed[0].state == RunState::interrupted);
  CHECK(project->run(dead)->state == RunState::interrupted);
  CHECK(project->run(alive)->state == RunState::running);
  CHECK(project->run(finished)->state == RunState::success);
  CHECK(project->close_abandoned_runs(is_alive)->empty());
}

TEST_CASE("a run that is recorded at once is whole, or not there") {
  Project project;
  RunRecord run;
  run.kind = RunKind::report;
  run.planned = 2;
  const auto id = project->record_run(run, [](RunId number) {
    AttemptRecord attempt;
    attempt.asset = "a";
    attempt.outcome = Outcome::materialized;
    std::vector<AttemptRecord> attempts(2, attempt);
    attempts[0].identity = attempts[0].key = "x";
    attempts[1].identity = attempts[1].key = "y";
    attempts[1].data_version = fmt::format("of run {}", number);
    return attempts;
  });
  REQUIRE(id);
  const RunRecord read = *project->run(*id);
  CHECK(read.kind == RunKind::report);
  CHECK(read.state == RunState::success);
  CHECK(project->materialization("a", "y")->value().data_version == fmt::format("of run {}", *id));
  CHECK(project->attempts(*id, false, 10)->size() == 2);
  REQUIRE(project->rebuild());
  CHECK(project->run(*id)->kind == RunKind::report);
}

TEST_CASE("a store of the version before is migrated, and its runs are materializations") {
  Project project;
  const RunId run = project.begin_run();
  project.record(run, {partita::testing::attempt_at("a", "x")});
  project.close();
  {
    auto database = Database::open(project.file());
    REQUIRE(database);
    REQUIRE(
        (*database)->execute("ALTER TABLE asset DROP COLUMN known; ALTER TABLE run DROP COLUMN "
                             "kind; ALTER TABLE unpublished_output DROP COLUMN moved;"
                             "DROP TABLE wipe; PRAGMA user_version=3"));
  }
  project.reopen();
  CHECK(project->run(run)->kind == RunKind::materialize);
  REQUIRE(make_directories(project.directory() / "scratch"));
  CHECK(project->check(project.directory() / "scratch")->empty());
}

TEST_CASE("what a run never came to is known until it goes on") {
  Project project;
  RunRecord planned;
  planned.planned = 5;
  const RunId run = *project->begin_run(planned);
  CHECK_FALSE(project->run(run)->not_started.has_value());
  REQUIRE(project->finish_run(run, RunState::cancelled, 4));
  CHECK(project->run(run)->not_started == 4);
  project.check_follows_from_log();
  REQUIRE(project->resume_run(run, 1));
  CHECK_FALSE(project->run(run)->not_started.has_value());
  REQUIRE(project->finish_run(run, RunState::interrupted));
  CHECK_FALSE(project->run(run)->not_started.has_value());
  project.check_follows_from_log();
}
