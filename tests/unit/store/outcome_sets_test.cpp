#include <random>

#include "project.hpp"
#include "store/schema.hpp"
#include "store/summaries.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;

namespace {

constexpr Instant kDay = 86'400;
constexpr Instant kStart = 1'704'067'200;  // 2024-01-01T00:00:00Z

SpacePtr space_of(Project& project, std::vector<Dimension> dimensions, Instant now) {
  auto definition = validated({std::move(dimensions)});
  REQUIRE(definition);
  SpaceContext context;
  context.now = now;
  context.dynamic_keys = [&](std::string_view set) { return project->dynamic_keys(set); };
  auto space = make_space(*definition, context);
  REQUIRE(space);
  return *space;
}

Dimension daily(std::string start = "2024-01-01", std::string name = {}) {
  TimeDimension time;
  time.start = std::move(start);
  return {std::move(name), time};
}

OutcomeSets recomputed(Project& project, const PartitionSpace& space) {
  std::vector<Index> materialized;
  std::vector<std::vector<Index>> by_outcome(6);
  REQUIRE(project->for_each_state("a", [&](const PartitionState& state) {
    const auto index = space.index_of_identity(state.identity);
    if (!index) return;
    if (state.materialized) materialized.push_back(*index);
    by_outcome[static_cast<std::size_t>(state.last)].push_back(*index);
  }));
  const auto set = [&](Outcome outcome) {
    return PartitionSet::of_indices(space.shape(), by_outcome[static_cast<std::size_t>(outcome)]);
  };
  return {PartitionSet::of_indices(space.shape(), materialized), set(Outcome::failed),
          set(Outcome::upstream_failed), set(Outcome::skipped), set(Outcome::cancelled)};
}

void check_equal(const OutcomeSets& sets, const OutcomeSets& expected) {
  CHECK(sets.materialized == expected.materialized);
  CHECK(sets.failed == expected.failed);
  CHECK(sets.upstream_failed == expected.upstream_failed);
  CHECK(sets.skipped == expected.skipped);
  CHECK(sets.cancelled == expected.cancelled);
}

// The answer of the store, of a reader that keeps its summary whatever it is worth, and of one that
// finds that summary.
void check_sets(Project& project, const PartitionSpace& space) {
  const OutcomeSets expected = recomputed(project, space);
  const auto sets = project->outcome_sets("a", space);
  REQUIRE(sets);
  check_equal(*sets, expected);
  auto database = Database::open(project.file());
  REQUIRE(database);
  REQUIRE(prepare_schema(**database));
  Tables tables(**database);
  const auto asset = tables.names.find_asset("a");
  if (!*asset) return;
  OutcomeSummaries keeper(tables, 0);
  for (int i = 0; i < 2; ++i) {
    auto summary = keeper.current(**asset, space);
    REQUIRE(summary);
    OutcomeSummary& kept = summary->summary;
    check_equal(
        {kept.materialized(), kept.having(Outcome::failed), kept.having(Outcome::upstream_failed),
         kept.having(Outcome::skipped), kept.having(Outcome::cancelled)},
        expected);
  }
}

// Attempts at random partitions of the space.
void attempt_some(Project& project, const PartitionSpace& space, std::mt19937& random, int count) {
  if (space.size() == 0) return;
  constexpr Outcome kOutcomes[] = {
      Outcome::materialized,    Outcome::materialized, Outcome::materialized, Outcome::failed,
      Outcome::upstream_failed, Outcome::skipped,      Outcome::cancelled};
  std::vector<AttemptRecord> attempts;
  for (int i = 0; i < count; ++i) {
    const auto index = static_cast<Index>(random() % static_cast<std::uint64_t>(space.size()));
    attempts.push_back(attempt_at("a", space.identity_at(index), kOutcomes[random() % 7]));
  }
  project.record(project.begin_run(), attempts);
}

std::int64_t summarized_seq(const Project& project) {
  auto database = Database::open(project.file());
  REQUIRE(database);
  return (*database)->statement("SELECT max(seq) FROM summary").integer()->value_or(0);
}

// A history in which the definition of one asset is what `next` says at each step.
template <class Next>
void check_history(unsigned seed, const Next& next) {
  Project project;
  std::mt19937 random(seed);
  for (int step = 0; step < 12; ++step) {
    const SpacePtr space = next(project, step, random);
    check_sets(project, *space);
    attempt_some(project, *space, random, step % 3 == 0 ? 60 : 5);
    check_sets(project, *space);
    if (step % 4 == 3) project.reopen();
  }
}

}  // namespace

TEST_CASE("an asset that was never attempted has empty sets of the space's shape") {
  Project project;
  const SpacePtr space = space_of(project, {daily()}, kStart + 10 * kDay);
  const auto sets = project->outcome_sets("a", *space);
  REQUIRE(sets);
  CHECK(sets->materialized == PartitionSet::none({10}));
}

TEST_CASE("an unpartitioned asset is one partition") {
  Project project;
  const PartitionSpace space;
  project.record(project.begin_run(), {attempt_at("a", space.identity_at(0))});
  check_sets(project, space);
  CHECK(project->outcome_sets("a", space)->materialized.count() == 1);
}

TEST_CASE("sets follow windows that come to exist, and an earlier now") {
  for (unsigned seed = 0; seed < 4; ++seed) {
    check_history(seed, [](Project& project, int step, std::mt19937& random) {
      const auto back = static_cast<int>(random() % 40);
      return space_of(project, {daily()}, kStart + (60 + 20 * step - back) * kDay);
    });
  }
}

TEST_CASE("sets are right when the start or the schedule of windows changes") {
  check_history(5, [](Project& project, int step, std::mt19937&) {
    Dimension dimension = daily(step % 2 == 0 ? "2024-01-01" : "2024-01-11");
    auto& time = std::get<TimeDimension>(dimension.kind);
    if (step >= 6) time.hour_offset = 3;
    if (step >= 8) time.timezone = "Europe/Berlin";
    if (step >= 10) time.exclusions = {"2024-02-01"};
    return space_of(project, {dimension}, kStart + 90 * kDay);
  });
}

TEST_CASE("sets are right when another window is excluded, or the same text means another window") {
  Project project;
  std::mt19937 random(8);
  Dimension dimension = daily();
  auto& time = std::get<TimeDimension>(dimension.kind);
  time.exclusions = {"2024-01-03"};
  const Instant now = kStart + 3650 * kDay;
  attempt_some(project, *space_of(project, {dimension}, now), random, 3000);
  check_sets(project, *space_of(project, {dimension}, now));
  time.exclusions = {"2024-01-04"};
  check_sets(project, *space_of(project, {dimension}, now));
  time.exclusions = {"2024-02-03"};
  check_sets(project, *space_of(project, {dimension}, now));
  time.format = "%Y-%d-%m";
  check_sets(project, *space_of(project, {dimension}, now));
}

TEST_CASE("a changed format loses nothing") {
  Project project;
  std::mt19937 random(3);
  Dimension dimension = daily();
  const Instant now = kStart + 50 * kDay;
  attempt_some(project, *space_of(project, {dimension}, now), random, 100);
  const auto before = project->outcome_sets("a", *space_of(project, {dimension}, now));
  std::get<TimeDimension>(dimension.kind).format = "%Y/%m/%d";
  const SpacePtr renamed = space_of(project, {dimension}, now);
  check_sets(project, *renamed);
  CHECK(project->outcome_sets("a", *renamed)->materialized == before->materialized);
}

TEST_CASE("sets are right when static keys are inserted, removed and put in another order") {
  check_history(6, [](Project& project, int, std::mt19937& random) {
    std::vector<std::string> keys;
    for (char key = 'a'; key <= 'z'; ++key) {
      if (random() % 4 != 0) keys.emplace_back(1, key);
    }
    std::shuffle(keys.begin(), keys.end(), random);
    if (keys.empty()) keys.emplace_back("a");
    return space_of(project, {{"", StaticDimension{keys}}}, kStart);
  });
}

TEST_CASE("sets are right when dynamic keys are added, removed and added again") {
  for (unsigned seed = 20; seed < 24; ++seed) {
    check_history(seed, [](Project& project, int step, std::mt19937& random) {
      std::vector<std::string> added;
      for (int i = 0; i < 8; ++i) added.push_back(std::to_string(random() % 40));
      REQUIRE(project->add_dynamic_keys("s", added));
      if (step % 2 == 1) {
        const auto keys = *project->dynamic_keys("s");
        const std::string& gone = (*keys)[random() % keys->size()];
        REQUIRE(project->remove_dynamic_keys("s", {&gone, 1}));
        if (step % 4 == 1) REQUIRE(project->add_dynamic_keys("s", {&gone, 1}));
      }
      return space_of(project, {{"", DynamicDimension{"s"}}}, kStart);
    });
  }
}

TEST_CASE("sets of products follow growth in every dimension") {
  for (unsigned seed = 30; seed < 33; ++seed) {
    check_history(seed, [](Project& project, int step, std::mt19937& random) {
      std::vector<std::string> added = {std::to_string(random() % 100)};
      REQUIRE(project->add_dynamic_keys("s", added));
      const auto days = 5 + step - static_cast<int>(random() % 3);
      return space_of(project,
                      {{"key", DynamicDimension{"s"}},
                       daily("2024-01-01", "day"),
                       {"region", StaticDimension{{"eu", "us"}}}},
                      kStart + days * kDay);
    });
  }
}

TEST_CASE("a dynamic key that comes back in the place of another does not inherit its outcome") {
  Project project;
  const std::vector<std::string> all = {"a", "b", "c"};
  REQUIRE(project->add_dynamic_keys("s", all));
  const std::vector<Dimension> dimensions = {{"", DynamicDimension{"s"}}};
  const SpacePtr before = space_of(project, dimensions, kStart);
  std::vector<AttemptRecord> attempts;
  for (int i = 0; i < 3; ++i) attempts.push_back(attempt_at("a", "b"));
  project.record(project.begin_run(), attempts);
  check_sets(project, *before);
  const std::vector<std::string> gone = {"b", "c"};
  const std::vector<std::string> back = {"x", "c"};
  REQUIRE(project->remove_dynamic_keys("s", gone));
  REQUIRE(project->add_dynamic_keys("s", back));
  const SpacePtr after = space_of(project, dimensions, kStart);
  REQUIRE(after->size() == before->size());
  CHECK(project->outcome_sets("a", *after)->materialized.empty());
  CHECK(project->outcome_sets("a", *before)->materialized.count() == 1);
}

TEST_CASE("a summary is kept once there is much to catch up with, and not for little") {
  Project project;
  std::mt19937 random(1);
  const SpacePtr space = space_of(project, {daily("2004-01-01")}, kStart);
  attempt_some(project, *space, random, 10);
  REQUIRE(project->outcome_sets("a", *space));
  CHECK(summarized_seq(project) == 0);
  attempt_some(project, *space, random, 2000);
  REQUIRE(project->outcome_sets("a", *space));
  const auto seq = summarized_seq(project);
  CHECK(seq == project->last_seq());
  attempt_some(project, *space, random, 10);
  REQUIRE(project->outcome_sets("a", *space));
  CHECK(summarized_seq(project) == seq);
  attempt_some(project, *space, random, 2000);
  REQUIRE(project->outcome_sets("a", *space));
  CHECK(summarized_seq(project) == project->last_seq());
}

TEST_CASE("sets are answered while another process writes") {
  Project project;
  std::mt19937 random(1);
  const SpacePtr space = space_of(project, {daily()}, kStart + 100 * kDay);
  attempt_some(project, *space, random, 100);
  auto other = Database::open(project.file());
  REQUIRE(other);
  auto held = Transaction::write(**other);
  REQUIRE(held);
  check_sets(project, *space);
  CHECK(summarized_seq(project) == 0);
}

TEST_CASE("a damaged summary is made anew") {
  Project project;
  std::mt19937 random(1);
  const SpacePtr space = space_of(project, {daily()}, kStart + 100 * kDay);
  attempt_some(project, *space, random, 100);
  check_sets(project, *space);
  REQUIRE(summarized_seq(project) > 0);
  auto database = Database::open(project.file());
  REQUIRE(database);
  for (const char* damage :
       {"UPDATE summary SET stretches = x'80'", "UPDATE summary SET space = x'01ff'",
        "UPDATE summary SET space = x''"}) {
    REQUIRE((*database)->execute(damage));
    check_sets(project, *space);
  }
}
