#include "execute/readiness.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "support/world.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

using Node = std::pair<std::size_t, Index>;

// The plan's partitions that `node` waits for, one by one.
std::set<Node> upstream_of(const Plan& plan, Node node) {
  std::set<Node> all;
  const PlannedAsset& asset = plan.assets[node.first];
  for (const PlannedDependency& dep : asset.deps) {
    const PartitionSet one = PartitionSet::of_index(asset.targets.shape(), node.second);
    dep.mapping->upstream_of(one)
        .existing.intersected(plan.assets[dep.upstream].targets)
        .for_each([&](Index index) { return all.emplace(dep.upstream, index), true; });
  }
  return all;
}

// What was popped and has not ended: the partitions of one call.
struct Call {
  std::size_t asset = 0;
  Run run;
};

// Runs a plan to its end with random outcomes, several calls at a time, and checks every start and
// every withholding against the definition.
class RandomRun {
 public:
  RandomRun(const Plan& plan, unsigned seed) : plan_(plan), random_(seed), readiness_(plan) {}

  void run() {
    for (;;) {
      start_some();
      if (calls_.empty()) break;
      const auto at = std::next(calls_.begin(), static_cast<int>(random_() % calls_.size()));
      const Call call = *at;
      calls_.erase(at);
      for (Index i = call.run.begin; i < call.run.end; ++i) end({call.asset, i});
    }
    CHECK(readiness_.not_started() == 0);
    CHECK(static_cast<Index>(done_.size() + not_done_.size()) == plan_.count());
    // Exactly those are withheld that wait for something that was not done.
    for (const Node& node : done_) {
      for (const Node& upstream : upstream_of(plan_, node)) {
        const bool in_its_call = calls_of_.at(upstream) == calls_of_.at(node);
        if (!in_its_call) CHECK_FALSE(not_done_.contains(upstream));
      }
    }
  }

 private:
  void start_some() {
    while (calls_.size() < 3) {
      const auto next = readiness_.pop(random_() % 2 == 0, [](std::size_t) { return true; });
      if (!next) return;
      calls_.push_back({next->asset, next->partitions});
      ++count_;
      const std::int64_t most =
          std::max<std::int64_t>(plan_.assets[next->asset].def.policy.batch, 1);
      CHECK(next->partitions.size() <= most);
      for (Index i = next->partitions.begin; i < next->partitions.end; ++i)
        check_start({next->asset, i}, next->partitions);
    }
  }

  void check_start(const Node& node, Run together) {
    CHECK(plan_.assets[node.first].targets.contains(node.second));
    CHECK(calls_of_.emplace(node, count_).second);
    for (const Node& upstream : upstream_of(plan_, node)) {
      const bool in_its_call = upstream.first == node.first && together.begin <= upstream.second &&
                               upstream.second < together.end;
      CHECK((in_its_call || done_.contains(upstream)));
    }
  }

  void end(const Node& node) {
    const PartitionSet one =
        PartitionSet::of_index(plan_.assets[node.first].targets.shape(), node.second);
    if (random_() % 5 != 0) {
      done_.insert(node);
      return readiness_.succeeded(node.first, one);
    }
    not_done_.insert(node);
    for (const Readiness::Withheld& held : readiness_.failed(node.first, one)) {
      held.partitions.for_each([&](Index index) {
        CHECK(not_done_.emplace(held.asset, index).second);
        calls_of_.emplace(Node{held.asset, index}, -1);
        return true;
      });
    }
  }

  const Plan& plan_;
  std::mt19937 random_;
  Readiness readiness_;
  std::vector<Call> calls_;
  int count_ = 0;
  std::map<Node, int> calls_of_;  // -1: withheld
  std::set<Node> done_, not_done_;
};

void run_at_random(const Plan& plan, unsigned seed) {
  RandomRun(plan, seed).run();
}

// The starts of an asset whose upstream is there: first and last day of the month of each.
std::string starts_of(const Plan& plan) {
  Readiness readiness(plan);
  std::string starts;
  while (const auto next = readiness.pop(false, [](std::size_t) { return true; })) {
    starts += std::to_string(next->partitions.begin + 1) + "-" +
              std::to_string(next->partitions.end) + " ";
  }
  return starts;
}

}  // namespace

TEST_CASE(
    "whatever fails, partitions start after their own upstream and descendants of failures never") {
  FakeWorld world;
  const PartitionsDefinition days = daily("2024-01-01", "2024-01-09");
  world.asset("raw", days).asset("lagged", days, {{"raw", window_offset(-2, 0)}});
  world.asset("chain", days, {{"chain", window_offset(-1, -1)}, {"raw", {}}});
  world.asset("total", {}, {{"lagged", {}}, {"chain", {}}})
      .asset("split", keys({"x", "y"}), {{"total", {}}});
  const Plan plan = *world.plan("*", Wanted{.all = true});
  REQUIRE(plan.count() == 27);
  for (unsigned seed = 0; seed < 200; ++seed) run_at_random(plan, seed);
}

TEST_CASE("calls for batches start when all that their partitions need is done, and cross no gap") {
  FakeWorld world;
  const PartitionsDefinition days = daily("2024-01-01", "2024-01-15");
  world.asset("raw", days).asset("clean", days, {{"raw", window_offset(-1, 0)}});
  world.asset("chain", days, {{"chain", window_offset(-1, -1)}, {"clean", {}}});
  world.asset("report", days, {{"chain", {}}});
  world.def("raw").policy.batch = 3;
  world.def("clean").policy.batch = 4;
  world.def("chain").policy.batch = 5;
  SUBCASE("up to so many") {}
  SUBCASE("whole stretches") {
    world.def("chain").policy.batch = RunPolicy::kWholeRange;
  }
  const Plan plan = *world.plan("*", Wanted{.all = true}, false, true);
  for (unsigned seed = 0; seed < 200; ++seed) run_at_random(plan, seed);
}

TEST_CASE("stretches are cut into batches from their starts") {
  FakeWorld world;
  world.asset("days", daily("2024-01-01", "2024-01-20"));
  AssetDef& def = world.def("days");
  def.policy.batch = 3;
  CHECK(starts_of(*world.plan("days@2024-01-01..2024-01-07 or days@2024-01-10..2024-01-11")) ==
        "1-3 4-6 7-7 10-11 ");
  def.policy.batch = RunPolicy::kWholeRange;
  CHECK(starts_of(*world.plan("days@2024-01-01..2024-01-07 or days@2024-01-09")) == "1-7 9-9 ");
  def.policy.batch = 1;
  CHECK(starts_of(*world.plan("days@2024-01-01..2024-01-02")) == "1-1 2-2 ");
}

TEST_CASE("assets of higher priority go first, of equal ones the furthest downstream") {
  FakeWorld world;
  world.asset("a", {}).asset("b", {}).asset("c", {});
  world.def("b").policy.priority = 3;
  const Plan plan = *world.plan("*", Wanted{.all = true});
  Readiness readiness(plan);
  std::string order;
  while (const auto next = readiness.pop(false, [](std::size_t) { return true; }))
    order += plan.assets[next->asset].def.key;
  CHECK(order == "bca");
}

TEST_CASE("a child partition starts when its own parent is done, not its parent's siblings") {
  FakeWorld world;
  world.asset("raw", keys({"a", "b"})).asset("clean", keys({"a", "b"}), {{"raw", {}}});
  const Plan plan = *world.plan("*", Wanted{.all = true});
  Readiness readiness(plan);
  const auto any = [](std::size_t) { return true; };
  REQUIRE(readiness.pop(false, any)->partitions == Run{0, 1});
  readiness.succeeded(0, PartitionSet::of_index({2}, 0));
  const auto next = readiness.pop(false, any);
  REQUIRE(next);
  CHECK(next->asset == 1);
  CHECK(next->partitions == Run{0, 1});
}

TEST_CASE("all to all of ten thousand is held as sets, not as pairs") {
  std::vector<std::string> many;
  for (int i = 0; i < 10'000; ++i) many.push_back("k" + std::to_string(i));
  MappingSpec all;
  all.kind = MappingSpec::Kind::all;
  FakeWorld world;
  world.asset("from", keys(many)).asset("to", keys(many), {{"from", all}});
  const Plan plan = *world.plan("*", Wanted{.all = true});
  Readiness readiness(plan);
  const auto any = [](std::size_t) { return true; };
  for (Index i = 0; i < 10'000; ++i) {
    const auto next = readiness.pop(false, any);
    REQUIRE(next);
    REQUIRE(next->asset == 0);
    readiness.succeeded(0, PartitionSet::of_index({10'000}, next->partitions.begin));
  }
  CHECK(readiness.pop(false, any)->asset == 1);
  CHECK(readiness.not_started() == 9'999);
}
