#include <random>

#include "project.hpp"
#include "store/schema.hpp"
#include "store/summaries.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;

namespace {

SpacePtr keys_space(std::vector<std::string> keys) {
  auto definition = validated({{Dimension{"", StaticDimension{std::move(keys)}}}});
  REQUIRE(definition);
  auto space = make_space(*definition, {});
  REQUIRE(space);
  return *space;
}

AttemptRecord made(std::string key, std::string version, std::int64_t read_seq = 0,
                   const char* basis = nullptr) {
  AttemptRecord attempt = attempt_at("a", std::move(key));
  attempt.data_version = std::move(version);
  attempt.read_seq = read_seq;
  if (basis != nullptr) attempt.basis = std::make_shared<const std::string>(basis);
  return attempt;
}

// The event with the last attempts.
std::int64_t recorded(Project& project, std::vector<AttemptRecord> attempts) {
  const RunId run = project.begin_run();
  project.record(run, std::move(attempts));
  return project->last_seq();
}

std::optional<Provenance> of(Project& project, const PartitionSpace& space, const char* key) {
  const auto view = project->provenance("a", space);
  REQUIRE(view);
  const Index index = *space.index_of(key);
  for (const auto& stretch : view->stretches) {
    if (stretch.indices.begin <= index && index < stretch.indices.end) return stretch.made;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("an asset that was never materialized has no provenance") {
  Project project;
  const auto space = keys_space({"x", "y"});
  CHECK(project->provenance("a", *space)->stretches.empty());
  recorded(project, {attempt_at("a", "x", Outcome::failed)});
  CHECK_FALSE(of(project, *space, "x"));
}

TEST_CASE("what was read is known by the log's sequence, else by when it was recorded") {
  Project project;
  const auto space = keys_space({"x", "y"});
  const auto seq = recorded(project, {made("x", "v1", 3), made("y", "v1")});
  CHECK(of(project, *space, "x")->read_seq == 3);
  CHECK(of(project, *space, "y")->read_seq == seq);
  CHECK(project->materialization("a", "x")->value().read_seq == 3);
}

TEST_CASE("the same data version leaves the event of the change") {
  Project project;
  const auto space = keys_space({"x"});
  const auto first = recorded(project, {made("x", "v1")});
  recorded(project, {made("x", "v1", 1)});
  CHECK(of(project, *space, "x")->changed_seq == first);
  CHECK(of(project, *space, "x")->read_seq == 1);
  const auto second = recorded(project, {made("x", "v2")});
  CHECK(of(project, *space, "x")->changed_seq == second);
  CHECK_FALSE(of(project, *space, "x")->reverted);
  recorded(project, {attempt_at("a", "x", Outcome::failed)});
  CHECK(of(project, *space, "x")->changed_seq == second);
}

TEST_CASE("a version that comes back is marked, and its history is told") {
  Project project;
  const auto space = keys_space({"w", "x"});
  const auto first = recorded(project, {made("x", "v1")});
  const auto second = recorded(project, {made("x", "v2"), made("w", "v1")});
  const auto third = recorded(project, {made("x", "v1")});
  CHECK(of(project, *space, "x")->reverted);
  CHECK(of(project, *space, "x")->changed_seq == third);
  CHECK_FALSE(of(project, *space, "w")->reverted);
  const auto history =
      project->version_history("a", *space, PartitionSet::of_index(space->shape(), 1));
  REQUIRE(history->partitions.size() == 1);
  const auto& changes = history->partitions[0].changes;
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].seq == first);
  CHECK(changes[1].seq == second);
  CHECK(changes[0].version == changes[2].version);
  CHECK(changes[0].version != changes[1].version);
}

TEST_CASE("a data version that was not given is like no other's") {
  Project project;
  const auto space = keys_space({"x"});
  recorded(project, {made("x", "")});
  const auto text = project->materialization("a", "x")->value().data_version;
  CHECK(of(project, *space, "x")->version == 0);
  const auto second = recorded(project, {made("x", "")});
  CHECK(of(project, *space, "x")->changed_seq == second);
  CHECK_FALSE(text.empty());
  CHECK(project->materialization("a", "x")->value().data_version != text);
}

TEST_CASE("the basis tells codes apart and is kept with them") {
  Project project;
  const auto space = keys_space({"x", "y"});
  recorded(project, {made("x", "v", 0, R"({"deps":[]})"), made("y", "v", 0, R"({"deps":["b"]})")});
  const auto view = project->provenance("a", *space);
  REQUIRE(view->codes.size() == 2);
  CHECK(view->codes[0].basis == R"({"deps":[]})");
  CHECK(view->codes[1].basis == R"({"deps":["b"]})");
  CHECK(view->stretches[0].made.code != view->stretches[1].made.code);
  REQUIRE(project->rebuild());
  CHECK(project->provenance("a", *space)->codes.size() == 2);
}

TEST_CASE("a space that grew keeps what is known, and finds what was materialized before") {
  Project project;
  recorded(project, {made("x", "v1"), made("z", "v1")});
  const auto small = keys_space({"x", "y"});
  CHECK(of(project, *small, "x"));
  const auto grown = keys_space({"x", "y", "z"});
  CHECK(of(project, *grown, "x"));
  CHECK_FALSE(of(project, *grown, "y"));
  CHECK(of(project, *grown, "z"));
}

// What a summary that is kept and caught up says, against one that is made anew.
TEST_CASE("kept summaries say what the log says, whatever happened") {
  Project project;
  const std::vector<std::string> keys{"a", "b", "c", "d", "e", "f", "g"};
  const auto space = keys_space(keys);
  std::mt19937 random(7);
  const auto any = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  auto database = Database::open(project.file());
  REQUIRE(database);
  REQUIRE(prepare_schema(**database));
  Tables tables(**database);
  for (int round = 0; round < 60; ++round) {
    std::vector<AttemptRecord> attempts;
    for (std::size_t n = any(4) + 1; n > 0; --n) {
      attempts.push_back(made(keys[any(keys.size())],
                              any(4) == 0 ? "" : "v" + std::to_string(any(3)),
                              static_cast<std::int64_t>(any(20))));
      if (any(5) == 0) attempts.back() = attempt_at("a", keys[any(keys.size())], Outcome::failed);
    }
    recorded(project, attempts);
    const auto asset = tables.names.find_asset("a");
    REQUIRE(asset->has_value());
    auto kept = ProvenanceSummaries(tables, 0).current(**asset, *space);
    REQUIRE(kept);
    REQUIRE((*database)->execute("DELETE FROM summary WHERE kind = 2"));
    auto anew = ProvenanceSummaries(tables, 0).current(**asset, *space);
    REQUIRE(anew);
    CHECK(kept->summary.encode() == anew->summary.encode());
  }
}

TEST_CASE("a store of before provenance is migrated and read") {
  Project project;
  recorded(project, {made("x", "v1")});
  project.close();
  {
    auto database = Database::open(project.file());
    REQUIRE(database);
    // As version 2 had it: no basis, another table of summaries.
    REQUIRE((*database)->execute(
        "CREATE TABLE old_code (id INTEGER PRIMARY KEY, version TEXT NOT NULL, hash TEXT NOT NULL,"
        " UNIQUE (version, hash));"
        "INSERT INTO old_code SELECT id, version, hash FROM code; DROP TABLE code;"
        "ALTER TABLE old_code RENAME TO code; DROP TABLE summary;"
        "CREATE TABLE outcome_summary (asset INTEGER PRIMARY KEY, seq INTEGER NOT NULL,"
        " space BLOB NOT NULL, stretches BLOB NOT NULL); PRAGMA user_version=2"));
  }
  project.reopen();
  const auto space = keys_space({"x"});
  CHECK(of(project, *space, "x"));
  CHECK(project->outcome_sets("a", *space)->materialized.count() == 1);
  recorded(project, {made("x", "v2", 0, "{}")});
  CHECK(project->provenance("a", *space)->codes[0].basis == "{}");
}
