#include "project.hpp"
#include "store/sqlite.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;

namespace {

constexpr KeySlots kAlone{1, 1};
constexpr KeySlots kFirstOfTwo{2, 1};
constexpr KeySlots kBothOfTwo{2, 3};

AttemptRecord made(const char* asset, std::string identity, std::string version = "v") {
  AttemptRecord attempt = attempt_at(asset, identity);
  attempt.key = identity;
  attempt.data_version = std::move(version);
  attempt.checks.push_back({"sane", true, true, false, false, "", {}});
  attempt.output = OutputRecord{"/staged/" + identity, "/outputs/@" + identity, 7};
  return attempt;
}

void add_keys(Project& project, std::vector<std::string> keys) {
  REQUIRE(project->add_dynamic_keys("s", keys));
}

Status rename(Project& project, const char* from, const char* to,
              std::vector<RenamedAsset> assets = {{"a", kAlone, {}}}) {
  return project->rename_dynamic_key({"s", from, to}, assets);
}

SpacePtr space_of(Project& project) {
  const auto definition = validated({{Dimension{"", DynamicDimension{"s"}}}});
  REQUIRE(definition);
  const SpaceContext context{0, [&](std::string_view set) { return project->dynamic_keys(set); }};
  const auto space = make_space(*definition, context);
  REQUIRE(space);
  return *space;
}

void check_follows_from_log(Project& project) {
  const Path scratch = project.directory() / "scratch";
  REQUIRE(make_directories(scratch));
  const auto problems = project->check(scratch);
  REQUIRE(problems);
  for (const std::string& problem : *problems) MESSAGE(problem);
  CHECK(problems->empty());
  REQUIRE(remove_tree(scratch));
}

}  // namespace

TEST_CASE("a renamed key keeps its place and its metadata") {
  Project project;
  add_keys(project, {"x", "y", "z"});
  REQUIRE(project->add_dynamic_keys("s", std::vector<std::string>{"y"},
                                    std::vector<KeyMetadata>{{"y", Json::object().set("n", 1)}}));
  REQUIRE(rename(project, "y", "a"));
  CHECK(**project->dynamic_keys("s") == std::vector<std::string>{"x", "a", "z"});
  CHECK(project->dynamic_metadata("s")->at(0).key == "a");
  CHECK(project->dynamic_sets()->at(0).second == 3);
  add_keys(project, {"y"});
  CHECK(**project->dynamic_keys("s") == std::vector<std::string>{"x", "a", "z", "y"});
  check_follows_from_log(project);
}

TEST_CASE("all that is known of a partition is known under the new name") {
  Project project;
  add_keys(project, {"x", "y"});
  const RunId run = project.begin_run();
  AttemptRecord first = made("a", "x", "v1");
  first.log = "printed";
  project.record(run, {first, made("a", "y")});
  project.record(project.begin_run(), {attempt_at("a", "x", Outcome::failed)});
  REQUIRE(project->mark_published(std::vector{*first.output, *made("a", "y").output}));
  const auto before = *project->materialization("a", "x");

  const OutputRecord move{"/outputs/@x", "/outputs/@z", 7, true};
  REQUIRE(rename(project, "x", "z", {{"a", kAlone, {move}}, {"never heard of", kAlone, {}}}));
  CHECK_FALSE(project->state("a", "x")->has_value());
  CHECK(project->state("a", "z")->value().last == Outcome::failed);
  const auto after = *project->materialization("a", "z");
  REQUIRE(after);
  CHECK(after->identity == "z");
  CHECK(after->key == "z");
  CHECK(after->seq == before->seq);
  CHECK(after->data_version == "v1");
  CHECK(after->output_dir == "/outputs/@z");
  CHECK(project->unpublished_outputs()->at(0).target == "/outputs/@z");
  CHECK(project->unpublished_outputs()->at(0).moved);
  const auto attempts = *project->attempts_at("a", "z", 10);
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[1].data_version == "v1");
  CHECK(project->attempts(run, false, 10)->at(1).key == "z");
  CHECK(*project->log(run, "a", "z") == "printed");
  CHECK(project->last_attempt("a", "z")->value().outcome == Outcome::failed);
  CHECK(*project->count_states("a") == 2);
  std::int64_t passed = 0;
  REQUIRE(project->for_each_check(
      "a", [&](const std::string&, std::int64_t count, std::int64_t) { passed = count; }));
  CHECK(passed == 2);
  CHECK(project->keys_renamed_after(*project->began_with(run))->at(0).to == "z");
  check_follows_from_log(project);
}

TEST_CASE("checks that ran on their own are found under the new name, with what they said") {
  Project project;
  add_keys(project, {"x"});
  project.record(project.begin_run(), {made("a", "x")});
  AttemptRecord checked = attempt_at("a", "x", Outcome::failed);
  checked.read_seq = project->last_seq();
  checked.checks.push_back({"sane", false, true, false, false, "too few", {}});
  const RunId run = project.begin_run();
  REQUIRE(project->record_checks(run, std::vector{checked}));
  REQUIRE(rename(project, "x", "z"));
  const auto checks = *project->last_checks("a", "z");
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].result.reason == "too few");
  CHECK(checks[0].run == run);
  CHECK(project->attempts(run, false, 10)->at(0).identity == "z");
  check_follows_from_log(project);
}

TEST_CASE("a key of a product is renamed in the identities and texts that have it in its place") {
  Project project;
  add_keys(project, {"x", "y"});
  AttemptRecord day = made("a", "x|@0/86400");
  day.key = "x|1970-01-01";
  day.output->target = "/outputs/@x%7C1970-01-01";
  project.record(project.begin_run(), {day, made("a", "y|x"), made("pairs", "x|x"),
                                       made("pairs", "y|x"), made("pairs", "y|y")});
  REQUIRE(rename(project, "x", "z", {{"a", kFirstOfTwo, {}}, {"pairs", kBothOfTwo, {}}}));
  const auto found = *project->materialization("a", "z|@0/86400");
  REQUIRE(found);
  CHECK(found->key == "z|1970-01-01");
  CHECK(found->output_dir == "/outputs/@z%7C1970-01-01");
  CHECK(project->state("a", "z|@0/86400")->value().key == "z|1970-01-01");
  CHECK(project->state("a", "y|x")->has_value());
  CHECK(project->state("pairs", "z|z")->has_value());
  CHECK(project->state("pairs", "y|z")->has_value());
  CHECK(project->state("pairs", "y|y")->has_value());
  CHECK(*project->count_states("pairs") == 3);
  check_follows_from_log(project);
}

TEST_CASE("names that go around are told apart by when they were used") {
  Project project;
  add_keys(project, {"x", "y"});
  const RunId run = project.begin_run();
  project.record(run, {made("a", "x", "of x"), made("a", "y", "of y")});
  REQUIRE(rename(project, "x", "t"));
  REQUIRE(rename(project, "y", "x"));
  REQUIRE(rename(project, "t", "y"));
  CHECK(project->materialization("a", "x")->value().data_version == "of y");
  CHECK(project->materialization("a", "y")->value().data_version == "of x");
  project.record(run, {made("a", "x", "of y again")});
  const auto attempts = *project->attempts_at("a", "x", 10);
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[1].data_version == "of y");
  // Both attempts at it are of one run: it counts once.
  CHECK(project->run(run)->counts.at(0).second == 2);
  REQUIRE(project->attempts(run, false, 10)->size() == 2);
  check_follows_from_log(project);
}

TEST_CASE("a run that goes on after a rename counts each partition once") {
  Project project;
  add_keys(project, {"x"});
  const RunId run = project.begin_run();
  project.record(run, {made("a", "x")});
  REQUIRE(rename(project, "x", "y"));
  add_keys(project, {"x"});
  project.record(project.begin_run(), {made("a", "x"), made("a", "y")});
  project.record(run, {made("a", "x"), made("a", "y", "last")});
  CHECK(project->run(run)->counts.at(0).second == 2);
  project.record(project.begin_run(), {made("a", "x"), made("a", "y")});
  const auto attempts = *project->attempts(run, false, 10);
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[0].key == "x");
  CHECK(attempts[1].key == "y");
  CHECK(attempts[1].data_version == "last");
  check_follows_from_log(project);
}

TEST_CASE("a rename is refused as a whole where it does not fit") {
  Project project;
  add_keys(project, {"x", "y", "gone"});
  project.record(project.begin_run(), {made("a", "x"), made("a", "gone")});
  REQUIRE(project->remove_dynamic_keys("s", std::vector<std::string>{"gone"}));
  const auto seq = project->last_seq();
  CHECK(rename(project, "absent", "z").error().code == ErrorCode::not_found);
  CHECK(rename(project, "x", "y").error().code == ErrorCode::usage);
  const Status known = rename(project, "x", "gone");
  REQUIRE_FALSE(known);
  CHECK(known.error().message.find("something is known of `a@gone`") != std::string::npos);
  CHECK(project->last_seq() == seq);
  CHECK(**project->dynamic_keys("s") == std::vector<std::string>{"x", "y"});
  CHECK(project->materialization("a", "x")->has_value());
  check_follows_from_log(project);
}

TEST_CASE("a wipe is undone under the name of now, with its output in the place of now") {
  Project project;
  add_keys(project, {"x"});
  project.record(project.begin_run(), {made("a", "x", "v1")});
  const OutputRecord aside{"/outputs/@x", "/wiped/1/@x", 7, true};
  REQUIRE(project->wipe("a@x", std::vector<WipeTarget>{{"a", "x", aside}}));
  REQUIRE(rename(project, "x", "z"));
  std::vector<WipedState> wiped;
  REQUIRE(project->for_each_wiped(1, [&](const WipedState& one) { wiped.push_back(one); }));
  REQUIRE(wiped.size() == 1);
  CHECK(wiped[0].target.identity == "z");
  CHECK(wiped[0].key == "z");
  CHECK(wiped[0].target.move->staged == "/outputs/@z");
  CHECK(wiped[0].target.move->target == "/wiped/1/@x");
  REQUIRE(project->undo_wipe(1, std::vector<WipeTarget>{wiped[0].target}));
  CHECK(project->materialization("a", "z")->value().data_version == "v1");
  CHECK(project->materialization("a", "z")->value().output_dir == "/outputs/@z");
  check_follows_from_log(project);
}

TEST_CASE("what was wiped and removed does not come back where another has its name") {
  Project project;
  add_keys(project, {"x", "y"});
  const RunId run = project.begin_run();
  AttemptRecord old = made("a", "x", "same");
  old.log = "of the old x";
  project.record(run, {old});
  const std::vector<WipeTarget> target = {{"a", "x", {}}};
  REQUIRE(project->wipe("a@x", target));
  REQUIRE(project->remove_dynamic_keys("s", std::vector<std::string>{"x"}));
  project.record(project.begin_run(), {made("a", "y", "same")});
  const auto made_at = project->last_seq();
  REQUIRE(rename(project, "y", "x"));
  // The data version is the old one's: it did not stay the same since then.
  const auto space = space_of(project);
  CHECK(project->provenance("a", *space)->stretches.at(0).made.changed_seq == made_at);
  std::vector<WipedState> wiped;
  REQUIRE(project->for_each_wiped(1, [&](const WipedState& one) { wiped.push_back(one); }));
  CHECK(wiped.at(0).former);
  CHECK(wiped.at(0).key == "x");
  REQUIRE(project->undo_wipe(1, std::vector<WipeTarget>{wiped.at(0).target}));
  CHECK(*project->count_states("a") == 1);
  const auto attempts = *project->attempts(run, false, 10);
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0].key == "x");
  CHECK(*project->log(run, "a", attempts[0].identity) == "of the old x");
  CHECK(project->attempts_at("a", attempts[0].identity, 10)->empty());
  check_follows_from_log(project);
}

TEST_CASE("a summary of before a rename is not taken for one of after, though all keys are alike") {
  Project project;
  std::vector<std::string> keys;
  std::vector<AttemptRecord> attempts;
  for (int i = 0; i < 3000; ++i) {
    keys.push_back(fmt::format("k{:04}", i));
    if (i >= 100) attempts.push_back(made("a", keys.back()));
  }
  add_keys(project, keys);
  project.record(project.begin_run(), attempts);
  const auto sets_of = [&] {
    const auto space = space_of(project);
    const auto provenance = project->provenance("a", *space);
    const auto outcomes = project->outcome_sets("a", *space);
    REQUIRE(provenance);
    REQUIRE(outcomes);
    return std::pair(provenance->stretches.front().indices.begin, *outcomes->materialized.first());
  };
  CHECK(sets_of() == std::pair<Index, Index>(100, 100));
  // What is at the places 100 and 0 changes names.
  REQUIRE(rename(project, "k0100", "t"));
  REQUIRE(rename(project, "k0000", "k0100"));
  REQUIRE(rename(project, "t", "k0000"));
  REQUIRE(project->remove_dynamic_keys("s", std::vector<std::string>{"k0100"}));
  CHECK(sets_of() == std::pair<Index, Index>(99, 99));
  CHECK(project->materialization("a", "k0000")->has_value());
  check_follows_from_log(project);
}

TEST_CASE("nor where the list of the keys is the same again, of other partitions") {
  Project project;
  std::vector<std::string> keys{"b", "a"};
  std::vector<AttemptRecord> attempts{made("a", "b")};
  for (int i = 0; i < 3000; ++i) {
    keys.push_back(fmt::format("k{:04}", i));
    attempts.push_back(made("a", keys.back()));
  }
  add_keys(project, keys);
  project.record(project.begin_run(), attempts);
  const auto first_made = [&] {
    const auto provenance = project->provenance("a", *space_of(project));
    REQUIRE(provenance);
    return provenance->stretches.front().indices.begin;
  };
  CHECK(first_made() == 0);
  REQUIRE(project->wipe("a@b", std::vector<WipeTarget>{{"a", "b", {}}}));
  REQUIRE(project->remove_dynamic_keys("s", std::vector<std::string>{"b"}));
  REQUIRE(rename(project, "a", "b"));
  REQUIRE(
      project->remove_dynamic_keys("s", std::vector<std::string>(keys.begin() + 2, keys.end())));
  keys.erase(keys.begin());
  add_keys(project, keys);
  CHECK(**project->dynamic_keys("s") == [&] {
    keys.insert(keys.begin(), "b");
    return keys;
  }());
  CHECK(first_made() == 2);
}

TEST_CASE("a store of before renames is migrated and renames") {
  Project project;
  add_keys(project, {"x"});
  project.record(project.begin_run(), {made("a", "x", "v1")});
  project.close();
  {
    auto database = Database::open(project.file());
    REQUIRE(database);
    REQUIRE((*database)->execute("DROP TABLE key_rename; PRAGMA user_version=5"));
  }
  project.reopen();
  CHECK(project->materialization("a", "x")->has_value());
  REQUIRE(rename(project, "x", "z"));
  CHECK(project->materialization("a", "z")->value().data_version == "v1");
  check_follows_from_log(project);
}

TEST_CASE("another process's rename is seen in the next call") {
  Project project;
  add_keys(project, {"x"});
  project.record(project.begin_run(), {made("a", "x", "v1")});
  auto other = Store::open(project.file(), project.clock());
  REQUIRE(other);
  CHECK((*other)->materialization("a", "x")->has_value());
  for (const auto& [from, to] : {std::pair("x", "t"), std::pair("t", "z")}) {
    REQUIRE(rename(project, from, to));
    CHECK((*other)->materialization("a", to)->value().data_version == "v1");
  }
  CHECK_FALSE((*other)->materialization("a", "x")->has_value());
}
