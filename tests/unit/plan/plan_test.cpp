#include "plan/plan.hpp"

#include <doctest/doctest.h>

#include "support/world.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

const PartitionsDefinition kAbc = keys({"a", "b", "c"});

FakeWorld chain() {
  FakeWorld world;
  world.asset("raw", kAbc).asset("clean", kAbc, {{"raw", {}}}).asset("report", {}, {{"clean", {}}});
  return world;
}

}  // namespace

TEST_CASE("a plan holds what was selected, upstream first") {
  const Plan plan = *chain().plan("clean@a or raw@{a,b}");
  REQUIRE(plan.assets.size() == 2);
  CHECK(plan.assets[0].def.key == "raw");
  CHECK(FakeWorld::targets(plan, "raw") == "{a,b}");
  CHECK(FakeWorld::targets(plan, "clean") == "a");
  CHECK(plan.count() == 3);
  CHECK(plan.blocked.empty());
}

TEST_CASE("a partitioned asset without partitions is refused with what to type") {
  const Result<Plan> refused = chain().plan("raw");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::usage);
  CHECK(refused.error().message.find("raw") != std::string::npos);
  CHECK(refused.error().hint.find("--missing") != std::string::npos);
}

TEST_CASE("what is wanted narrows what is selected") {
  FakeWorld world = chain();
  world.materialized("raw", "{a,b}").failed("raw", "b");
  CHECK(FakeWorld::targets(*world.plan("raw", Wanted{.missing = true}), "raw") == "c");
  CHECK(FakeWorld::targets(*world.plan("raw", Wanted{.failed = true}), "raw") == "b");
  CHECK(FakeWorld::targets(*world.plan("raw", Wanted{.missing = true, .failed = true}), "raw") ==
        "{b,c}");
  CHECK(FakeWorld::targets(*world.plan("raw@{a,c}", Wanted{.missing = true}), "raw") == "c");
  CHECK(world.plan("raw@a", Wanted{.missing = true})->count() == 0);
}

TEST_CASE("an upstream partition that is neither planned nor there holds back what needs it") {
  FakeWorld world = chain();
  world.materialized("raw", "{a}");
  const Plan plan = *world.plan("clean", Wanted{.all = true});
  CHECK(FakeWorld::targets(plan, "clean") == "a");
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].reason.find("raw@{b,c}") != std::string::npos);
  CHECK(plan.blocked[0].reason.find("--upstream-missing") != std::string::npos);
  CHECK(plan.blocked_count() == 2);
}

TEST_CASE("what is held back holds back its own descendants, materialized earlier or not") {
  FakeWorld world = chain();
  world.materialized("raw", "{a}").materialized("clean", "{a,b,c}");
  const Plan plan = *world.plan("clean or report", Wanted{.all = true});
  CHECK(FakeWorld::targets(plan, "clean") == "a");
  CHECK(FakeWorld::targets(plan, "report") == "-");
}

TEST_CASE("along a chain that reads itself all that is held back is so for one reason") {
  FakeWorld world;
  world.asset("sum", daily("2024-01-01", "2024-01-11"), {{"sum", window_offset(-1, -1)}});
  world.materialized("sum", "2024-01-01");
  const Plan plan = *world.plan("sum@2024-01-03..");
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].partitions.count() == 8);
  CHECK(plan.blocked[0].reason ==
        "needs sum@2024-01-02, which is missing (--upstream-missing takes it along)");
}

TEST_CASE("what is missing and was not asked for is told from what is held back itself") {
  FakeWorld world = chain();
  world.asset("source", kAbc)
      .asset("made", kAbc, {{"source", {}}})
      .asset("used", kAbc, {{"made", {}}});
  const Plan plan = *world.plan("made@a or used@{a,b}");
  REQUIRE(plan.blocked.size() == 3);
  CHECK(plan.blocked[1].reason ==
        "needs made@b, which is missing (--upstream-missing takes it along)");
  CHECK(plan.blocked[2].reason == "needs made@a, which is held back itself");
}

TEST_CASE("a missing upstream is taken along when asked for, and only what is missing") {
  FakeWorld world = chain();
  world.materialized("raw", "{a}");
  const Plan plan = *world.plan("report", Wanted{}, true);
  CHECK(FakeWorld::targets(plan, "raw") == "{b,c}");
  CHECK(FakeWorld::targets(plan, "clean") == "a..c");
  CHECK(FakeWorld::targets(plan, "report") == "all");
  CHECK(plan.blocked.empty());
}

TEST_CASE("a missing upstream may be allowed") {
  const Plan plan = *chain().plan("clean@b", Wanted{}, false, true);
  CHECK(FakeWorld::targets(plan, "clean") == "b");
  CHECK(plan.blocked.empty());
}

TEST_CASE("an upstream partition that was skipped holds nothing back") {
  FakeWorld world = chain();
  world.materialized("clean", "{a,b}").skipped("clean", "{c}");
  CHECK(FakeWorld::targets(*world.plan("report"), "report") == "all");
}

TEST_CASE("an upstream partition that cannot exist blocks just those that need it") {
  FakeWorld world;
  world.asset("short", daily("2024-01-03", "2024-01-10"));
  world.asset("long", daily("2024-01-01", "2024-01-10"), {{"short", {}}});
  const Plan plan = *world.plan("short or long", Wanted{.all = true});
  CHECK(FakeWorld::targets(plan, "long") == "2024-01-03..2024-01-09");
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].reason.find("short@2024-01-01") != std::string::npos);
}

TEST_CASE("of many upstream partitions that cannot exist a few are named, and the rest counted") {
  FakeWorld world;
  world.asset("short", daily("2024-01-15", "2024-02-01"));
  world.asset("long", daily("2024-01-01", "2024-02-01"), {{"short", {}}});
  const Plan plan = *world.plan("short or long", Wanted{.all = true});
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].reason.ends_with("2024-01-07 and 7 more, which do not exist"));
}

TEST_CASE("a self-dependent asset needs its earlier partitions, all the way") {
  FakeWorld world;
  world.asset("balance", daily("2024-01-01", "2024-01-10"), {{"balance", window_offset(-1, -1)}});
  CHECK(FakeWorld::targets(*world.plan("balance", Wanted{.all = true}), "balance") ==
        "2024-01-01..2024-01-09");
  const Plan held = *world.plan("balance@2024-01-03..2024-01-05");
  CHECK(FakeWorld::targets(held, "balance") == "-");
  CHECK(held.blocked_count() == 3);
  const Plan taken = *world.plan("balance@2024-01-03", Wanted{}, true);
  CHECK(FakeWorld::targets(taken, "balance") == "2024-01-01..2024-01-03");
}

TEST_CASE("what anything else holds back holds back what follows it in a self-dependent asset") {
  FakeWorld world;
  world.asset("rates", daily("2024-01-01", "2024-01-10"));
  world.asset("balance", daily("2024-01-01", "2024-01-10"),
              {{"balance", window_offset(-1, -1)}, {"rates", {}}});
  world.materialized("rates", "2024-01-01..2024-01-03 or 2024-01-05..2024-01-09");
  const Plan plan = *world.plan("balance", Wanted{.all = true});
  CHECK(FakeWorld::targets(plan, "balance") == "2024-01-01..2024-01-03");
  CHECK(plan.blocked_count() == 6);
}

TEST_CASE("what a self-dependent asset needs of others is taken along for its earlier partitions") {
  FakeWorld world;
  world.asset("rates", daily("2024-01-01", "2024-01-10"));
  world.asset("balance", daily("2024-01-01", "2024-01-10"),
              {{"rates", {}}, {"balance", window_offset(-1, -1)}});
  const Plan plan = *world.plan("balance@2024-01-03", Wanted{}, true);
  CHECK(FakeWorld::targets(plan, "rates") == "2024-01-01..2024-01-03");
  CHECK(FakeWorld::targets(plan, "balance") == "2024-01-01..2024-01-03");
  CHECK(plan.blocked.empty());
}

TEST_CASE("what may change of a self-dependent asset may change all that follows") {
  FakeWorld world;
  world.asset("rates", daily("2024-01-01", "2024-01-10"));
  world.asset("balance", daily("2024-01-01", "2024-01-10"),
              {{"balance", window_offset(-1, -1)}, {"rates", {}}});
  world.materialized("rates", "all").materialized("balance", "all");
  const std::vector<Index> shape = world.space("rates")->shape();
  PlanRequest request;
  request.targets = {{"rates", PartitionSet::of_index(shape, 6)}};
  request.conditional_targets = {{"balance", PartitionSet::all(shape)}};
  const Plan plan = *make_plan(request, world.world());
  CHECK(FakeWorld::targets(plan, "balance") == "2024-01-07..2024-01-09");
}

TEST_CASE("a run that goes on holds back what needs what failed in it, whatever there is of it") {
  FakeWorld world = chain();
  world.materialized("raw", "{a,b,c}")
      .materialized("clean", "{a,b,c}")
      .materialized("report", "all");
  const SpacePtr space = world.space("clean");
  PlanRequest request;
  request.targets = {{"clean", PartitionSet::all(space->shape())},
                     {"report", PartitionSet::all({})}};
  request.not_made = {{"raw", PartitionSet::of_index(space->shape(), 1)}};
  request.allow_missing_upstream = true;
  const Plan plan = *make_plan(request, world.world());
  CHECK(FakeWorld::targets(plan, "clean") == "{a,c}");
  CHECK(FakeWorld::targets(plan, "report") == "-");
  CHECK(plan.blocked[0].reason == "needs raw@b, which did not succeed in this run");
}

TEST_CASE("what is in doubt runs only if what it reads is made again") {
  FakeWorld world = chain();
  world.materialized("raw", "{a,b}").materialized("clean", "{a,b}");
  const std::vector<Index> shape = world.space("clean")->shape();
  PlanRequest request;
  request.targets = {{"raw", PartitionSet::of_index(shape, 0)}};
  request.conditional_targets = {{"clean", PartitionSet::of_runs(shape, {{0, 2}})}};
  const Plan plan = *make_plan(request, world.world());
  CHECK(FakeWorld::targets(plan, "clean") == "a");
  CHECK(plan.conditional_count() == 1);
}

TEST_CASE("an asset whose dependency does not exist is blocked whole") {
  FakeWorld world;
  world.asset("orphan", kAbc, {{"nobody", {}}});
  const Plan plan = *world.plan("orphan", Wanted{.all = true});
  CHECK(plan.count() == 0);
  CHECK(plan.blocked_count() == 3);
  CHECK(plan.blocked[0].reason.find("nobody") != std::string::npos);
}

TEST_CASE("a mapping that cannot hold holds back its asset, and nobody else") {
  MappingSpec absent;
  absent.kind = MappingSpec::Kind::keys;
  absent.keys = {"nowhere"};
  FakeWorld world = chain();
  world.asset("broken", kAbc, {{"raw", absent}});
  world.materialized("raw", "{a,b,c}").materialized("broken", "{a}");
  for (const char* selection : {"*", "raw@b+", "+broken", "clean or broken"}) {
    CAPTURE(selection);
    const Result<Plan> plan = world.plan(selection, Wanted{.all = true}, true);
    REQUIRE_MESSAGE(plan, (plan ? "" : plan.error().message));
    CHECK(FakeWorld::targets(*plan, "broken") == "-");
    REQUIRE(plan->blocked.size() == 1);
    CHECK(plan->blocked[0].reason.find("nowhere") != std::string::npos);
  }
}

TEST_CASE("what is external is never run: alone it is refused, among others it is passed over") {
  FakeWorld world = chain();
  world.def("raw").policy.external = true;
  const Result<Plan> refused = world.plan("raw@a");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::usage);
  CHECK(refused.error().hint.find("partita report raw") != std::string::npos);
  world.materialized("raw", "{a,b}");
  const Plan plan = *world.plan("+clean", Wanted{.all = true});
  CHECK(FakeWorld::targets(plan, "raw") == "-");
  CHECK(FakeWorld::targets(plan, "clean") == "{a,b}");
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].reason ==
        "needs raw@c, which is external and was not reported (`partita report raw`)");
  CHECK(FakeWorld::targets(*world.plan("clean", Wanted{.missing = true}, true), "raw") == "-");
}
