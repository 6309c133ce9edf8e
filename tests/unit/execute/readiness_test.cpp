#include "execute/readiness.hpp"

#include <doctest/doctest.h>

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

// Runs a plan to its end with random outcomes, several partitions at a time, and checks every start
// and every withholding against the definition.
void run_at_random(const Plan& plan, unsigned seed) {
  std::mt19937 random(seed);
  Readiness readiness(plan);
  std::set<Node> done, not_done, running;
  for (;;) {
    while (running.size() < 3) {
      const auto next = readiness.pop(random() % 2 == 0, [](std::size_t) { return true; });
      if (!next) break;
      const Node node{next->asset, next->partition};
      CHECK(plan.assets[node.first].targets.contains(node.second));
      CHECK_FALSE(done.contains(node));
      for (const Node& upstream : upstream_of(plan, node)) CHECK(done.contains(upstream));
      CHECK(running.insert(node).second);
    }
    if (running.empty()) break;
    const Node node = *std::next(running.begin(), random() % running.size());
    running.erase(node);
    const PartitionSet one =
        PartitionSet::of_index(plan.assets[node.first].targets.shape(), node.second);
    if (random() % 5 != 0) {
      done.insert(node);
      readiness.succeeded(node.first, one);
      continue;
    }
    not_done.insert(node);
    for (const Readiness::Withheld& held : readiness.failed(node.first, one)) {
      held.partitions.for_each([&](Index index) {
        CHECK(not_done.emplace(held.asset, index).second);
        return true;
      });
    }
  }
  CHECK(readiness.not_started() == 0);
  CHECK(static_cast<Index>(done.size() + not_done.size()) == plan.count());
  // Exactly those are withheld that wait for something that was not done.
  for (const Node& node : done) {
    for (const Node& upstream : upstream_of(plan, node)) CHECK_FALSE(not_done.contains(upstream));
  }
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

TEST_CASE("a child partition starts when its own parent is done, not its parent's siblings") {
  FakeWorld world;
  world.asset("raw", keys({"a", "b"})).asset("clean", keys({"a", "b"}), {{"raw", {}}});
  const Plan plan = *world.plan("*", Wanted{.all = true});
  Readiness readiness(plan);
  const auto any = [](std::size_t) { return true; };
  REQUIRE(readiness.pop(false, any)->partition == 0);
  readiness.succeeded(0, PartitionSet::of_index({2}, 0));
  const auto next = readiness.pop(false, any);
  REQUIRE(next);
  CHECK(next->asset == 1);
  CHECK(next->partition == 0);
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
    readiness.succeeded(0, PartitionSet::of_index({10'000}, next->partition));
  }
  CHECK(readiness.pop(false, any)->asset == 1);
  CHECK(readiness.not_started() == 9'999);
}
