#include "plan/freshness.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "plan/basis.hpp"
#include "support/world.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

// Everything that ever happened, one entry a materialization, a wipe or its undoing; what is asked
// is found by looking through all of it.
struct Making {
  std::int64_t seq = 0;
  bool there = true;      // false: wiped
  std::int64_t made = 0;  // when it was made: before `seq`, where it was brought back
  std::int64_t read_seq = 0;
  std::uint64_t version = 0;  // 0: like no other's
  std::string code_version;
  std::string basis;
};

class History {
 public:
  explicit History(FakeWorld& fake) : fake_(fake), world_(fake.world()) {
    world_.made = [this](const AssetDef& asset) -> Result<const Made*> {
      return &(made_[asset.key] = made(asset.key));
    };
    world_.lost_keys = [this](const AssetDef& asset) -> Result<std::vector<LostKeys>> {
      return lost_keys[asset.key];
    };
    world_.versions = [this](const AssetDef& asset, const PartitionSet& partitions) {
      ++asked_for_versions;
      return Result(versions(asset.key, partitions));
    };
  }

  World& world() { return world_; }
  const AssetDef& def(const std::string& asset) { return *world_.catalog->asset(asset); }

  void make(const std::string& asset, Index partition, std::uint64_t version,
            std::int64_t read_seq = -1) {
    Making making;
    making.read_seq = read_seq < 0 ? seq_ : read_seq;
    making.seq = making.made = ++seq_;
    making.version = version;
    making.code_version = world_.catalog->code_version(def(asset));
    making.basis = to_text(basis_of(def(asset), world_.config));
    makings_[asset][partition].push_back(std::move(making));
  }

  // False: there is nothing to wipe, or to bring back.
  bool wipe(const std::string& asset, Index partition) {
    return change(asset, partition, /*there=*/false);
  }
  bool undo_wipe(const std::string& asset, Index partition) {
    return change(asset, partition, /*there=*/true);
  }

  // What was made of it by then: the version, or the making itself where that is like no other's.
  std::pair<std::uint64_t, std::int64_t> state(const std::string& asset, Index partition,
                                               std::int64_t seq) {
    std::pair<std::uint64_t, std::int64_t> found{0, -1};
    for (const Making& making : makings_[asset][partition]) {
      if (making.seq > seq) continue;
      found = {making.version, making.version == 0 ? making.made : 0};
      if (!making.there) found = {0, -1};
    }
    return found;
  }

  const Making* last(const std::string& asset, Index partition) {
    const auto& list = makings_[asset][partition];
    return list.empty() || !list.back().there ? nullptr : &list.back();
  }
  const Making* last_or_wiped(const std::string& asset, Index partition) {
    const auto& list = makings_[asset][partition];
    return list.empty() ? nullptr : &list.back();
  }
  std::int64_t now() const { return seq_; }

  std::string stale(const std::string& asset) {
    const Result<Freshness> freshness = freshness_of(def(asset), world_);
    REQUIRE(freshness);
    if (freshness->stale.empty()) return "-";
    return def(asset).partitions.is_partitioned() ? to_text(freshness->stale, *fake_.space(asset))
                                                  : "all";
  }
  std::vector<std::string> reasons(const std::string& asset) {
    std::vector<std::string> texts;
    const Result<Freshness> freshness = freshness_of(def(asset), world_);
    REQUIRE(freshness);
    for (const StaleReason& reason : freshness->reasons) texts.push_back(reason.text);
    return texts;
  }

  int asked_for_versions = 0;
  std::map<std::string, std::vector<LostKeys>> lost_keys;

 private:
  bool change(const std::string& asset, Index partition, bool there) {
    auto& list = makings_[asset][partition];
    if (list.empty() || list.back().there == there) return false;
    Making changed = list.back();
    changed.seq = ++seq_;
    changed.there = there;
    list.push_back(std::move(changed));
    return true;
  }

  static std::uint64_t version_in_history(const Making& making) {
    constexpr std::uint64_t kLikeNoOther = 1000;
    return making.version != 0 ? making.version : kLikeNoOther + making.made;
  }

  // As a summary tells it, which is told of one entry after the other.
  static MadeStretch stretch_of(Index index, const std::vector<Making>& list) {
    MadeStretch stretch;
    stretch.indices = {index, index + 1};
    std::set<std::uint64_t> seen;
    bool there = false;
    for (const Making& making : list) {
      const bool is_making = making.made == making.seq;
      const bool same = there && making.version != 0 && making.version == stretch.version;
      there = making.there;
      if (!is_making && there) stretch.reverted = true;
      if (!is_making) continue;
      stretch.read_seq = making.read_seq;
      stretch.version = making.version;
      if (same) continue;
      stretch.changed_seq = making.seq;
      stretch.reverted = making.version != 0 && !seen.insert(making.version).second;
    }
    return stretch;
  }

  Made made(const std::string& asset) {
    Made made;
    for (auto& [index, list] : makings_[asset]) {
      if (list.empty()) continue;
      const Making& last = list.back();
      MadeStretch stretch = stretch_of(index, list);
      if (!last.there) {
        made.gone.push_back({stretch.indices, stretch.read_seq, stretch.changed_seq, last.seq});
        continue;
      }
      stretch.by = made.by.size();
      made.by.push_back({last.code_version, "hash", last.basis});
      made.stretches.push_back(stretch);
    }
    return made;
  }

  std::vector<MadeVersions> versions(const std::string& asset, const PartitionSet& partitions) {
    std::vector<MadeVersions> found;
    partitions.for_each([&](Index index) {
      MadeVersions& one = found.emplace_back();
      one.index = index;
      for (const Making& making : makings_[asset][index])
        one.changes.push_back({making.seq, version_in_history(making), !making.there});
      return true;
    });
    return found;
  }

  FakeWorld& fake_;
  World world_;
  std::int64_t seq_ = 0;
  std::map<std::string, std::map<Index, std::vector<Making>>> makings_;
  std::map<std::string, Made> made_;
};

const PartitionsDefinition kAbc = keys({"a", "b", "c"});

FakeWorld chain() {
  FakeWorld world;
  world.asset("raw", kAbc).asset("clean", kAbc, {{"raw", {}}}).asset("report", {}, {{"clean", {}}});
  return world;
}

}  // namespace

TEST_CASE("what was never materialized is neither stale nor unknown") {
  FakeWorld fake = chain();
  History history(fake);
  CHECK(history.stale("clean") == "-");
  CHECK(freshness_of(history.def("clean"), history.world())->unknown.empty());
}

TEST_CASE("an upstream partition that was made again makes just what reads it stale") {
  FakeWorld fake = chain();
  History history(fake);
  for (Index i = 0; i < 3; ++i) history.make("raw", i, 0);
  for (Index i = 0; i < 3; ++i) history.make("clean", i, 0);
  history.make("report", 0, 0);
  CHECK(history.stale("clean") == "-");
  history.make("raw", 1, 0);
  CHECK(history.stale("clean") == "b");
  CHECK(history.reasons("clean") == std::vector<std::string>{"raw changed"});
  CHECK(history.stale("report") == "-");  // not transitive
  history.make("clean", 1, 0);
  CHECK(history.stale("clean") == "-");
  CHECK(history.stale("report") == "all");
}

TEST_CASE("the same data version again makes nothing stale") {
  FakeWorld fake = chain();
  History history(fake);
  history.make("raw", 0, 7);
  history.make("clean", 0, 0);
  history.make("raw", 0, 7);
  CHECK(history.stale("clean") == "-");
  history.make("raw", 0, 8);
  CHECK(history.stale("clean") == "a");
  CHECK(history.asked_for_versions == 0);
}

TEST_CASE("a data version that changes back makes what read it fresh again") {
  FakeWorld fake = chain();
  History history(fake);
  history.make("raw", 0, 7);
  history.make("clean", 0, 0);
  history.make("raw", 0, 8);
  history.make("raw", 0, 7);
  CHECK(history.stale("clean") == "-");
  history.make("clean", 0, 0);
  history.make("raw", 0, 8);
  history.make("clean", 0, 0);
  history.make("raw", 0, 7);
  CHECK(history.stale("clean") == "a");
}

TEST_CASE("what read a partition that was wiped since is stale, until that is there again") {
  FakeWorld fake = chain();
  History history(fake);
  for (Index i = 0; i < 3; ++i) history.make("raw", i, 7);
  for (Index i = 0; i < 3; ++i) history.make("clean", i, 0);
  history.wipe("raw", 1);
  CHECK(history.stale("clean") == "b");
  CHECK(history.reasons("clean") == std::vector<std::string>{"raw was wiped"});
  CHECK(history.asked_for_versions == 0);
  history.undo_wipe("raw", 1);
  CHECK(history.stale("clean") == "-");
  history.wipe("raw", 1);
  history.make("raw", 1, 7);
  CHECK(history.stale("clean") == "-");
  history.make("raw", 1, 8);
  CHECK(history.stale("clean") == "b");
}

TEST_CASE("what read a partition that was not there is stale once it is, and fresh again without") {
  FakeWorld fake = chain();
  History history(fake);
  history.make("clean", 0, 0);
  history.make("raw", 0, 7);
  CHECK(history.reasons("clean") == std::vector<std::string>{"raw changed"});
  history.wipe("raw", 0);
  CHECK(history.stale("clean") == "-");
  history.make("raw", 1, 7);
  history.wipe("raw", 1);
  history.make("clean", 1, 0);
  CHECK(history.stale("clean") == "-");
  history.make("raw", 1, 7);
  CHECK(history.stale("clean") == "b");
}

TEST_CASE("an upstream that changes while a child runs makes the child stale") {
  FakeWorld fake = chain();
  History history(fake);
  history.make("raw", 0, 7);
  const auto started = history.now();
  history.make("raw", 0, 8);
  history.make("clean", 0, 0, started);
  CHECK(history.stale("clean") == "a");
  history.make("clean", 0, 0);
  const auto again = history.now();
  history.make("raw", 0, 8);
  history.make("clean", 0, 0, again);
  CHECK(history.stale("clean") == "-");
}

TEST_CASE("another declared code version is told as old and new; an undeclared one is not") {
  FakeWorld fake = chain();
  fake.code_version("raw", "1");
  {
    History history(fake);
    history.make("raw", 0, 7);
    CHECK(history.stale("raw") == "-");
  }
  History history(fake);
  history.make("raw", 0, 7);
  const auto redefined = [&](const std::string& version) {
    auto catalog = std::make_shared<Catalog>(*history.world().catalog);
    for (AssetDef& asset : catalog->assets) {
      if (asset.key == "raw") asset.code_version = version;
    }
    history.world().catalog = catalog;
  };
  redefined("2");
  CHECK(history.stale("raw") == "a");
  CHECK(history.reasons("raw") == std::vector<std::string>{"code version 1 -> 2"});
  redefined("");
  CHECK(history.stale("raw") == "-");
}

TEST_CASE("dependencies that come and go, mappings and configuration make stale") {
  FakeWorld fake = chain();
  History history(fake);
  history.make("raw", 0, 7);
  history.make("clean", 0, 7);
  history.world().config = Json::object().set("clean", Json::object().set("rate", 2));
  CHECK(history.reasons("clean") == std::vector<std::string>{"config rate: not set -> 2"});
  history.world().config = Json::object();
  auto catalog = std::make_shared<Catalog>(*history.world().catalog);
  AssetDef& clean = *std::find_if(catalog->assets.begin(), catalog->assets.end(),
                                  [](const AssetDef& asset) { return asset.key == "clean"; });
  clean.deps[0].mapping.kind = MappingSpec::Kind::all;
  history.world().catalog = catalog;
  CHECK(history.reasons("clean")[0].starts_with("mapping from raw: "));
  clean.deps.clear();
  CHECK(history.reasons("clean") == std::vector<std::string>{"dependency on raw removed"});
  clean.deps = {{"report", {}}};
  CHECK(history.reasons("clean") ==
        std::vector<std::string>{"dependency on report added", "dependency on raw removed"});
}

TEST_CASE("of an asset whose dependency nobody declares it cannot be said") {
  FakeWorld fake;
  fake.asset("clean", kAbc, {{"gone", {}}});
  History history(fake);
  history.make("clean", 1, 0);
  const Freshness freshness = *freshness_of(history.def("clean"), history.world());
  CHECK(freshness.stale.empty());
  CHECK(freshness.unknown.count() == 1);
  CHECK_FALSE(freshness.unknown_reason.empty());
}

// Every history of small worlds against a model that looks at each pair of partitions.
TEST_CASE("stale sets are those of a model that recomputes everything") {
  const PartitionsDefinition days = daily("2024-01-01", "2024-01-07");
  const PartitionsDefinition names = keys({"a", "b", "c", "d", "e"});
  MappingSpec all;
  all.kind = MappingSpec::Kind::all;
  for (unsigned seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto any = [&](std::int64_t n) {
      return std::uniform_int_distribution<std::int64_t>(0, n - 1)(random);
    };
    FakeWorld fake;
    fake.asset("a", days).asset("b", names);
    fake.asset("c", days, {{"a", window_offset(-any(3), 0)}, {"b", all}});
    fake.asset("d", names, {{"b", {}}, {"c", all}});
    fake.asset("e", days, {{"e", window_offset(-1, -1)}, {"a", {}}});
    History history(fake);
    const std::vector<std::string> assets{"a", "b", "c", "d", "e"};
    for (std::int64_t n = any(40) + 5; n > 0; --n) {
      const std::string& asset = assets[static_cast<std::size_t>(any(5))];
      const Index partition = any(fake.space(asset)->size());
      if (any(6) == 0 && history.wipe(asset, partition)) continue;
      if (any(3) == 0 && history.undo_wipe(asset, partition)) continue;
      const std::uint64_t version = any(3) == 0 ? 0 : static_cast<std::uint64_t>(any(3) + 1);
      history.make(asset, partition, version, std::max<std::int64_t>(0, history.now() - any(3)));
    }
    for (const std::string& asset : assets) {
      std::vector<Index> stale;
      const AssetDef& def = history.def(asset);
      for (Index i = 0; i < fake.space(asset)->size(); ++i) {
        const Making* made = history.last(asset, i);
        if (made == nullptr) continue;
        bool outdated = false;
        for (const Dependency& dep : def.deps) {
          const auto mapping = *history.world().mapping(dep, history.def(dep.asset), def);
          const PartitionSet one = PartitionSet::of_index(fake.space(asset)->shape(), i);
          mapping->upstream_of(one).existing.for_each([&](Index up) {
            // Of itself, what one call made.
            const Making* input = dep.asset == asset ? history.last_or_wiped(asset, up) : nullptr;
            if (input != nullptr && input->read_seq == made->read_seq) {
              outdated = outdated || !input->there;
              return true;
            }
            outdated = outdated || history.state(dep.asset, up, made->read_seq) !=
                                       history.state(dep.asset, up, history.now());
            return true;
          });
        }
        if (outdated) stale.push_back(i);
      }
      CHECK(freshness_of(def, history.world())->stale ==
            PartitionSet::of_indices(fake.space(asset)->shape(), stale));
    }
  }
}

TEST_CASE("a plan of what is stale takes along what may become stale by it") {
  FakeWorld fake = chain();
  fake.materialized("raw", "{a,b,c}")
      .materialized("clean", "{a,b,c}")
      .materialized("report", "all");
  History history(fake);
  for (Index i = 0; i < 3; ++i) history.make("raw", i, 0);
  for (Index i = 0; i < 3; ++i) history.make("clean", i, 0);
  history.make("report", 0, 0);
  history.make("raw", 1, 0);
  std::map<std::string, Freshness> judged;
  history.world().freshness = [&](const AssetDef& asset) -> Result<const Freshness*> {
    return &(judged[asset.key] = *freshness_of(asset, history.world()));
  };
  PlanRequest request;
  request.wanted.stale = true;
  const auto planned = [&](const char* selection) {
    request.selection = *parse_selection(selection);
    return *make_plan(request, history.world());
  };
  const Plan plan = planned("*");
  CHECK(FakeWorld::targets(plan, "raw") == "-");
  CHECK(FakeWorld::targets(plan, "clean") == "b");
  CHECK(FakeWorld::targets(plan, "report") == "all");
  CHECK(plan.conditional_count() == 1);
  CHECK(plan.assets[0].reasons[0].text == "stale: raw changed");
  CHECK(plan.assets[1].reasons[0].text == "if clean changes");
  CHECK(plan.assets[1].reasons[0].conditional);
  CHECK(FakeWorld::targets(planned("clean"), "report") == "-");
  CHECK(planned("report").count() == 0);
}

TEST_CASE("along a chain that reads itself all that follows may change") {
  FakeWorld fake;
  fake.asset("sum", daily("2024-01-01", "2024-01-11"), {{"sum", window_offset(-1, -1)}});
  fake.materialized("sum", "all");
  History history(fake);
  for (Index i = 0; i < 10; ++i) history.make("sum", i, 0);
  history.make("sum", 3, 0);
  Freshness judged = *freshness_of(history.def("sum"), history.world());
  history.world().freshness = [&](const AssetDef&) -> Result<const Freshness*> { return &judged; };
  PlanRequest request;
  request.selection = *parse_selection("sum");
  request.wanted.stale = true;
  const Plan plan = *make_plan(request, history.world());
  CHECK(FakeWorld::targets(plan, "sum") == "2024-01-05..2024-01-10");
  CHECK(plan.conditional_count() == 5);
  REQUIRE(plan.assets[0].reasons.size() == 2);
  CHECK(plan.assets[0].reasons[1].text == "if sum changes");
  CHECK(plan.assets[0].reasons[1].partitions.count() == 5);
}
