#include <random>

#include "project.hpp"
#include "store/sqlite.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;

namespace {

constexpr const char* kProjections[] = {
    "asset",       "code",        "partition_state",      "run",    "unpublished_output",
    "dynamic_set", "dynamic_key", "dynamic_key_metadata", "catalog"};

// All rows of a table as text, in order.
std::string dump(Database& database, const std::string& table) {
  std::string sql = "SELECT * FROM " + table + " ORDER BY 1, 2";
  Rows rows = database.statement(sql.c_str()).query();
  std::string text;
  while (rows.next()) {
    for (int column = 0; column < rows.columns(); ++column)
      text += fmt::format("{}|", rows.text(column));
    text += '\n';
  }
  REQUIRE(rows.status());
  return text;
}

std::string dump_all(const Path& file) {
  std::string text;
  for (const char* table : kProjections) {
    auto database = Database::open(file);
    REQUIRE(database);
    text += fmt::format("--- {}\n{}", table, dump(**database, table));
  }
  return text;
}

void drop_projections(const Path& file) {
  auto database = Database::open(file);
  REQUIRE(database);
  for (const char* table : kProjections) {
    REQUIRE((*database)->execute(fmt::format("DROP TABLE {}", table).c_str()));
  }
  REQUIRE((*database)->execute("DROP TABLE summary"));
}

void live_through_something(Project& project, std::mt19937& random) {
  constexpr Outcome kOutcomes[] = {Outcome::materialized, Outcome::failed, Outcome::skipped,
                                   Outcome::cancelled, Outcome::upstream_failed};
  std::vector<RunId> runs = {project.begin_run(), project.begin_run()};
  for (int commit = 0; commit < 40; ++commit) {
    std::vector<AttemptRecord> attempts;
    for (int i = 0; i < 10; ++i) {
      const auto asset = fmt::format("asset {}", random() % 3);
      AttemptRecord attempt =
          attempt_at(asset, std::to_string(random() % 30), kOutcomes[random() % 5]);
      attempt.code_version = std::to_string(random() % 3);
      if (random() % 4 == 0) attempt.log = "captured";
      if (random() % 5 == 0) {
        attempt.output = OutputRecord{fmt::format("/s/{}/{}", commit, i), "/t", random() % 9};
      }
      attempts.push_back(std::move(attempt));
    }
    project.record(runs[random() % 2], attempts);
    if (attempts[0].output) REQUIRE(project->mark_published(std::vector{*attempts[0].output}));
    std::vector<std::string> keys = {std::to_string(random() % 50), std::to_string(random() % 50)};
    const KeyMetadata metadata{keys[1], Json::object().set("commit", commit)};
    REQUIRE(project->add_dynamic_keys("s", keys, {&metadata, commit % 2 == 0 ? 1U : 0U}));
    if (commit % 7 == 0) REQUIRE(project->remove_dynamic_keys("s", {&keys[0], 1}));
  }
  REQUIRE(project->finish_run(runs[0], RunState::failed));
  REQUIRE(project->save_catalog(1, "{}"));
}

}  // namespace

TEST_CASE("the projections made anew from the log are what they were") {
  Project project;
  std::mt19937 random(4);
  live_through_something(project, random);
  const std::string before = dump_all(project.file());
  REQUIRE(project->rebuild());
  CHECK(dump_all(project.file()) == before);
}

TEST_CASE("projections that are gone are made anew, and life goes on") {
  Project project;
  std::mt19937 random(5);
  live_through_something(project, random);
  const std::string before = dump_all(project.file());
  project.close();
  drop_projections(project.file());
  project.reopen();
  CHECK_FALSE(project->runs(1));
  REQUIRE(project->rebuild());
  CHECK(dump_all(project.file()) == before);
  const RunId run = project.begin_run();
  CHECK(run == 3);
  project.record(run, {attempt_at("asset 0", "new"), attempt_at("new asset", "x")});
  CHECK(project->state("new asset", "x")->value().last_run == run);
}

TEST_CASE("a store whose log is damaged says which event, and keeps its projections") {
  Project project;
  project.record(project.begin_run(), {attempt_at("a", "x")});
  auto database = Database::open(project.file());
  REQUIRE(database);
  REQUIRE((*database)->execute("UPDATE event SET payload = x'01' WHERE kind = 3"));
  const auto rebuilt = project->rebuild();
  REQUIRE_FALSE(rebuilt);
  CHECK(rebuilt.error().message.find("event 4 is damaged") != std::string::npos);
  CHECK(project->state("a", "x")->value().materialized);
}
