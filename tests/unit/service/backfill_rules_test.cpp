// The rules of a backfill, as properties of random graphs with random failures: each partition is
// attempted at most once and after all it needs of the plan, a failure withholds its descendants
// and nothing else, everything planned is decided, and what is left can be taken up.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <random>
#include <set>

#include "recorded_project.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

using Partition = std::pair<std::string, std::string>;  // asset, key

class Backfill {
 public:
  explicit Backfill(unsigned seed) : random_(seed) {
    for (int i = 0; i < kAssets; ++i) define(i);
  }

  void run() {
    attempt(Wanted{.all = true}, 6);
    check_order();
    check_withheld();
    const std::set<Partition> before = succeeded_;
    attempt(Wanted{.missing = true}, 0);
    check_order();
    for (const Partition& partition : order_) CHECK_FALSE(before.contains(partition));
    CHECK(succeeded_ == planned_ever_);
  }

 private:
  static constexpr int kAssets = 6;

  int any(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  static std::string name(int i) { return fmt::format("a{}", i); }

  static PartitionsDefinition partitions_of(int i) {
    TimeDimension days;
    days.start = "2024-01-01";
    days.end = "2024-01-07";
    const StaticDimension letters{{"x", "y"}};
    if (i % 3 == 0) return *validated({{{"", days}}});
    if (i % 3 == 1) return *validated({{{"", letters}}});
    return *validated({{{"day", days}, {"letter", letters}}});
  }

  void define(int i) {
    std::vector<Dependency> deps;
    for (int other = 0; other < i; ++other) {
      if (any(3) == 0) deps.push_back({name(other), fitting(other, i)});
    }
    if (i % 3 == 0 && any(2) == 0) {
      MappingSpec before;
      before.kind = MappingSpec::Kind::time_window;
      before.start_offset = before.end_offset = -1;
      before.allow_missing = true;
      deps.push_back({name(i), before});
    }
    project_.define(name(i), partitions_of(i), std::move(deps));
  }

  MappingSpec fitting(int upstream, int downstream) {
    MappingSpec mapping;
    const auto inferred =
        resolve_mapping(mapping, partitions_of(upstream), partitions_of(downstream));
    const bool fits =
        inferred && validate_mapping(*inferred, partitions_of(upstream), partitions_of(downstream));
    if (!fits || any(3) == 0) mapping.kind = MappingSpec::Kind::all;
    return mapping;
  }

  // One in so many fails; 0: none.
  void attempt(Wanted wanted, int one_in) {
    order_.clear();
    failed_.clear();
    const auto made =
        project_.materialize("*", wanted, [&](const std::string& asset, const std::string& key) {
          const bool fails = one_in > 0 && any(one_in) == 0;
          order_.emplace_back(asset, key);
          (fails ? failed_ : succeeded_).emplace(asset, key);
          return RecordedProject::Ending{fails, {}};
        });
    planned_.clear();
    for (const PlannedAsset& asset : made.plan.assets) {
      asset.targets.for_each([&](Index index) {
        planned_.emplace(asset.def.key, asset.space->key_at(index));
        return true;
      });
    }
    planned_ever_.insert(planned_.begin(), planned_.end());
    CHECK(made.counts.failed == static_cast<Index>(failed_.size()));
    CHECK(made.counts.upstream_failed + static_cast<Index>(order_.size()) ==
          static_cast<Index>(planned_.size()));
    CHECK(made.counts.cancelled == 0);
  }

  std::set<Partition> parents_of(const Partition& partition) {
    std::set<Partition> parents;
    const AssetDef& def = project_.asset(partition.first);
    const SpacePtr space = project_.space(def.key);
    const PartitionSet one =
        PartitionSet::of_index(space->shape(), *space->index_of(partition.second));
    for (const Dependency& dep : def.deps) {
      const SpacePtr upstream = project_.space(dep.asset);
      const auto mapping = *bind_mapping(dep.mapping, upstream, space);
      mapping->upstream_of(one).existing.for_each([&](Index index) {
        parents.emplace(dep.asset, upstream->key_at(index));
        return true;
      });
    }
    return parents;
  }

  void check_order() {
    std::set<Partition> done;
    for (const Partition& partition : order_) {
      CHECK(planned_.contains(partition));
      for (const Partition& parent : parents_of(partition)) {
        if (planned_.contains(parent)) CHECK(done.contains(parent));
      }
      CHECK_FALSE(done.contains(partition));
      if (!failed_.contains(partition)) done.insert(partition);
    }
  }

  // What was not attempted is what depends on a failure, through others or not.
  void check_withheld() {
    std::set<Partition> held = failed_;
    for (bool grows = true; grows;) {
      grows = false;
      for (const Partition& partition : planned_) {
        if (held.contains(partition)) continue;
        for (const Partition& parent : parents_of(partition)) {
          if (held.contains(parent)) grows = held.insert(partition).second || grows;
        }
      }
    }
    const std::set<Partition> attempted(order_.begin(), order_.end());
    for (const Partition& partition : planned_)
      CHECK(attempted.contains(partition) ==
            (!held.contains(partition) || failed_.contains(partition)));
  }

  std::mt19937 random_;
  RecordedProject project_;
  std::vector<Partition> order_;  // of this run, as they ended
  std::set<Partition> failed_, planned_;
  std::set<Partition> succeeded_, planned_ever_;  // of all runs
};

}  // namespace

TEST_CASE("backfills of random graphs keep the rules") {
  for (unsigned seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    Backfill(seed).run();
  }
}
