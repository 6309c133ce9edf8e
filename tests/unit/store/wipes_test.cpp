#include "project.hpp"
#include "store/sqlite.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;

namespace {

AttemptRecord checked(AttemptRecord attempt, bool passed) {
  attempt.checks.push_back({"sane", passed, true, false, false, "", {}});
  return attempt;
}

std::pair<std::int64_t, std::int64_t> check_counts(Project& project, const char* asset) {
  std::pair<std::int64_t, std::int64_t> counts;
  REQUIRE(project->for_each_check(
      asset, [&](const std::string&, std::int64_t passed, std::int64_t not_passed) {
        counts = {passed, not_passed};
      }));
  return counts;
}

SpacePtr space_of(const std::vector<std::string>& keys) {
  const auto definition = validated({{Dimension{"", StaticDimension{keys}}}});
  REQUIRE(definition);
  return *make_space(*definition, {});
}

}  // namespace

TEST_CASE("a wiped partition was never attempted, and comes back as it was") {
  Project project;
  const RunId run = project.begin_run();
  AttemptRecord made = checked(attempt_at("a", "x"), true);
  made.output = OutputRecord{"/staged", "/outputs/x", 7};
  made.log = "printed";
  project.record(run, {made, checked(attempt_at("a", "y"), false)});
  REQUIRE(project->mark_published(std::vector{*made.output}));
  const auto before = *project->materialization("a", "x");

  const OutputRecord aside{"/outputs/x", "/wiped/1/x", 7, true};
  CHECK(*project->next_wipe() == 1);
  REQUIRE(project->wipe("a@x", std::vector<WipeTarget>{{"a", "x", aside}, {"a", "never", {}}}));
  CHECK_FALSE(project->state("a", "x")->has_value());
  CHECK_FALSE(project->materialization("a", "x")->has_value());
  CHECK(check_counts(project, "a") == std::pair<std::int64_t, std::int64_t>(0, 1));
  CHECK(project->latest_materialization("a")->value().identity == "y");
  CHECK(project->attempts(run, false, 10)->size() == 2);
  CHECK(*project->log(run, "a", "x") == "printed");
  REQUIRE(project->unpublished_outputs()->size() == 1);
  CHECK(project->unpublished_outputs()->front().moved);
  const WipeRecord wipe = *project->wipe_record(1);
  CHECK(wipe.selection == "a@x");
  CHECK(wipe.partitions == 1);
  CHECK(wipe.outputs == 1);
  CHECK(wipe.undone == 0);
  project.check_follows_from_log();

  REQUIRE(project->mark_published(std::vector{aside}));
  const OutputRecord back{"/wiped/1/x", "/outputs/x", 7, true};
  REQUIRE(project->undo_wipe(1, std::vector<WipeTarget>{{"a", "x", back}}));
  const auto after = *project->materialization("a", "x");
  CHECK(after->seq == before->seq);
  CHECK(after->output_dir == "/outputs/x");
  CHECK(check_counts(project, "a") == std::pair<std::int64_t, std::int64_t>(1, 1));
  CHECK(project->wipe_record(1)->undone == 1);
  CHECK(project->unpublished_outputs()->front().target == "/outputs/x");
  project.check_follows_from_log();
}

TEST_CASE("a partition attempted since keeps that attempt when the wipe is undone") {
  Project project;
  project.record(project.begin_run(), {attempt_at("a", "x"), attempt_at("a", "y")});
  const std::vector<WipeTarget> both = {{"a", "y", {}}, {"a", "x", {}}};
  REQUIRE(project->wipe("a", both));
  project.record(project.begin_run(), {attempt_at("a", "x", Outcome::failed)});
  REQUIRE(project->undo_wipe(1, both));
  CHECK(project->state("a", "x")->value().last == Outcome::failed);
  CHECK(project->state("a", "x")->value().materialized);
  CHECK(project->state("a", "y")->value().last == Outcome::materialized);
  project.check_follows_from_log();
}

TEST_CASE("one materialized since is refused, and nothing of that undoing is kept") {
  Project project;
  project.record(project.begin_run(), {attempt_at("a", "x"), attempt_at("a", "y")});
  const std::vector<WipeTarget> both = {{"a", "x", {}}, {"a", "y", {}}};
  REQUIRE(project->wipe("a", both));
  project.record(project.begin_run(), {attempt_at("a", "y")});
  std::vector<std::string> since;
  REQUIRE(project->for_each_wiped(1, [&](const WipedState& wiped) {
    if (wiped.materialized_since) since.push_back(wiped.target.asset + "@" + wiped.key);
  }));
  CHECK(since == std::vector<std::string>{"a@key of y"});
  const Status undone = project->undo_wipe(1, both);
  REQUIRE_FALSE(undone);
  CHECK(undone.error().code == ErrorCode::plan_moved);
  CHECK_FALSE(project->state("a", "x")->has_value());
  CHECK(project->wipe_record(1)->undone == 0);
}

TEST_CASE("sets of outcomes follow a wipe and its undoing, whatever summary was kept") {
  Project project;
  std::vector<std::string> keys;
  std::vector<AttemptRecord> attempts;
  for (int i = 0; i < 3000; ++i) {
    keys.push_back(fmt::format("k{:04}", i));
    attempts.push_back(attempt_at("a", keys.back()));
  }
  const SpacePtr space = space_of(keys);
  project.record(project.begin_run(), attempts);
  CHECK(project->outcome_sets("a", *space)->materialized.count() == 3000);
  std::vector<WipeTarget> targets;
  for (int i = 0; i < 2000; ++i) targets.push_back({"a", keys[static_cast<std::size_t>(i)], {}});
  REQUIRE(project->wipe("a", targets));
  CHECK(project->outcome_sets("a", *space)->materialized.count() == 1000);
  CHECK(project->outcome_sets("a", *space)->materialized.first() == 2000);
  REQUIRE(project->undo_wipe(1, targets));
  CHECK(project->outcome_sets("a", *space)->materialized.count() == 3000);
  project.check_follows_from_log();
}

TEST_CASE("a run that goes on after a wipe counts a partition once") {
  Project project;
  const RunId run = project.begin_run();
  project.record(run, {attempt_at("a", "x"), attempt_at("a", "y")});
  REQUIRE(project->finish_run(run, RunState::interrupted));
  REQUIRE(project->wipe("a@x", std::vector<WipeTarget>{{"a", "x", {}}}));
  REQUIRE(project->resume_run(run, 1));
  project.record(run, {attempt_at("a", "x", Outcome::failed)});
  CHECK(project->run(run)->counts == std::vector<std::pair<Outcome, std::int64_t>>{
                                         {Outcome::materialized, 1}, {Outcome::failed, 1}});
  CHECK(project->attempts(run, false, 10)->size() == 2);
  project.check_follows_from_log();
}

TEST_CASE("wipes are listed newest first, and one that is not there is named") {
  Project project;
  project.record(project.begin_run(), {attempt_at("a", "x"), attempt_at("b", "x")});
  REQUIRE(project->wipe("a", std::vector<WipeTarget>{{"a", "x", {}}}));
  REQUIRE(project->wipe("b", std::vector<WipeTarget>{{"b", "x", {}}}));
  const auto wipes = *project->wipes();
  REQUIRE(wipes.size() == 2);
  CHECK(wipes[0].selection == "b");
  const auto missing = project->wipe_record(3);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().message.find("wipe 3") != std::string::npos);
}

TEST_CASE("assets are counted by what is known of them, whether it was wiped or is back") {
  Project project;
  const RunId run = project.begin_run();
  project.record(run, {attempt_at("a", "x"), attempt_at("a", "y", Outcome::failed),
                       attempt_at("a", "z"), attempt_at("b", "x")});
  project.record(run, {attempt_at("a", "x", Outcome::failed)});
  const auto names = [&] {
    std::vector<std::pair<std::string, std::int64_t>> known;
    const std::vector<KnownAsset> assets = *project->known_assets();
    for (const KnownAsset& asset : assets) known.emplace_back(asset.name, asset.partitions);
    return known;
  };
  using Names = std::vector<std::pair<std::string, std::int64_t>>;
  CHECK(names() == Names{{"a", 3}, {"b", 1}});
  std::int64_t done = 0, failed_only = 0, failed_after = 0;
  const std::vector<StateCount> counts = *project->count_by_state("a");
  for (const StateCount& count : counts) {
    if (count.last == Outcome::materialized) done += count.partitions;
    if (count.last != Outcome::failed) continue;
    (count.materialized ? failed_after : failed_only) += count.partitions;
  }
  CHECK(done == 1);
  CHECK(failed_only == 1);
  CHECK(failed_after == 1);
  CHECK(project->count_by_state("never")->empty());

  REQUIRE(project->wipe("b", std::vector<WipeTarget>{{"b", "x", {}}}));
  CHECK(names() == Names{{"a", 3}});
  REQUIRE(project->undo_wipe(1, std::vector<WipeTarget>{{"b", "x", {}}}));
  CHECK(names() == Names{{"a", 3}, {"b", 1}});
}
