#include <doctest/doctest.h>

#include "project.hpp"
#include "store/sqlite.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;

namespace {

void live(Project& project) {
  const RunId run = project.begin_run();
  project.record(run, {attempt_at("sales", "a", Outcome::materialized),
                       attempt_at("sales", "b", Outcome::failed)});
  project.record(run, {attempt_at("sales", "b", Outcome::materialized)});
  const std::vector<std::string> keys = {"x", "y"};
  REQUIRE(project->add_dynamic_keys("customers", keys));
}

std::vector<std::string> problems_of(Project& project) {
  const Path scratch = project.directory() / "scratch";
  REQUIRE(remove_tree(scratch));
  REQUIRE(make_directories(scratch));
  auto problems = project->check(scratch);
  REQUIRE(problems);
  return *problems;
}

void execute(Project& project, const char* sql) {
  auto database = Database::open(project.file());
  REQUIRE(database);
  REQUIRE((*database)->execute(sql));
}

}  // namespace

TEST_CASE("a store that was used is sound") {
  Project project;
  live(project);
  CHECK(problems_of(project).empty());
}

TEST_CASE("a projection that was tampered with is named, and a rebuild mends it") {
  Project project;
  live(project);
  execute(project, "UPDATE partition_state SET last = 2 WHERE identity = 'a'");
  CHECK(problems_of(project) ==
        std::vector<std::string>{"table partition_state does not follow from the event log"});
  REQUIRE(project->rebuild());
  CHECK(problems_of(project).empty());
}

TEST_CASE("a projection that is gone is a problem, not a crash") {
  Project project;
  live(project);
  execute(project, "DROP TABLE check_result");
  CHECK(problems_of(project).size() == 1);
  REQUIRE(project->rebuild());
  CHECK(problems_of(project).empty());
}

TEST_CASE("a backup has everything, and is never written over another file") {
  Project project;
  live(project);
  const Path copy = project.directory() / "copy.db";
  REQUIRE(project->backup(copy));
  auto opened = Store::open(copy, project.clock());
  REQUIRE(opened);
  CHECK((*opened)->last_seq() == project->last_seq());
  CHECK((*opened)->state("sales", "a")->has_value());
  CHECK_FALSE(project->backup(copy));
}

TEST_CASE("a store is smaller once what was dropped is given back") {
  Project project;
  live(project);
  execute(project, "CREATE TABLE filler AS SELECT randomblob(2000000) AS bytes; DROP TABLE filler");
  const auto before = std::filesystem::file_size(project.file());
  REQUIRE(project->compact());
  CHECK(std::filesystem::file_size(project.file()) < before / 2);
  CHECK(problems_of(project).empty());
}
