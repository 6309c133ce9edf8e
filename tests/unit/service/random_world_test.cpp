// Random projects with random histories against a model that remembers of each materialization
// every partition that it read, and compares all of them.
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

class Model {
 public:
  void make(RecordedProject& project, const Partition& partition, std::string given) {
    Made now = look(project, partition);
    ++makings_;
    now.version = !given.empty()             ? std::move(given)
                  : now.code_version.empty() ? fmt::format("only {}", makings_)
                                             : derived(now);
    made_[partition] = std::move(now);
    of_this_run_.push_back(partition);
  }

  // Once a run is over: when each of its partitions began, and when it was durable. What is made
  // while another partition runs that does not depend on it may be durable before or after.
  void take_moments(RecordedProject& project) {
    for (const Partition& partition : std::exchange(of_this_run_, {})) {
      const SpacePtr space = project.space(partition.first);
      const std::string identity = space->identity_at(*space->index_of(partition.second));
      const auto recorded = project.store().materialization(partition.first, identity)->value();
      Made& made = made_.at(partition);
      made.began = recorded.read_seq;
      versions_[partition].emplace_back(recorded.seq, made.version);
    }
  }

  bool is_made(const Partition& partition) const { return made_.contains(partition); }

  std::set<std::string> reasons(RecordedProject& project, const Partition& partition) {
    std::set<std::string> reasons;
    const Made& then = made_.at(partition);
    const Made now = look(project, partition);
    if (!now.code_version.empty() && now.code_version != then.code_version)
      reasons.insert("code_version");
    for (const auto& [asset, mapping] : now.mappings) {
      const auto before = then.mappings.find(asset);
      if (before == then.mappings.end()) reasons.insert("dependency_added");
      if (before != then.mappings.end() && before->second != mapping) reasons.insert("mapping");
    }
    for (const auto& [asset, mapping] : then.mappings) {
      if (!now.mappings.contains(asset)) reasons.insert("dependency_removed");
    }
    for (const auto& [input, version] : now.read) {
      const auto before = then.read.find(input);
      // What was no input then is judged by what it was then.
      if (version != (before != then.read.end() ? before->second : version_at(input, then.began)))
        reasons.insert("upstream");
    }
    return reasons;
  }

 private:
  struct Made {
    std::int64_t began = 0;
    std::string version;  // like no other's where none was given or derived
    std::string code_version;
    std::map<std::string, std::string> mappings;  // in words, by upstream asset
    std::map<Partition, std::string> read;        // the versions there were
  };

  static std::string derived(const Made& made) {
    std::string text = "derived " + made.code_version;
    for (const auto& [asset, mapping] : made.mappings) text += "|" + asset + "=" + mapping;
    for (const auto& [input, version] : made.read)
      text += fmt::format("|{}@{}={}", input.first, input.second, version);
    return text;
  }

  std::string version_at(const Partition& partition, std::int64_t at) {
    std::string found;
    for (const auto& [when, version] : versions_[partition]) {
      if (when <= at) found = version;
    }
    return found;
  }

  // What it would read now.
  Made look(RecordedProject& project, const Partition& partition) {
    Made made;
    const AssetDef& def = project.asset(partition.first);
    made.code_version = def.code_version;
    const SpacePtr space = project.space(def.key);
    const PartitionSet one =
        PartitionSet::of_index(space->shape(), *space->index_of(partition.second));
    for (const Dependency& dep : def.deps) {
      made.mappings[dep.asset] = dep.mapping.describe();
      const SpacePtr upstream = project.space(dep.asset);
      const auto mapping = *bind_mapping(dep.mapping, upstream, space);
      mapping->upstream_of(one).existing.for_each([&](Index index) {
        const Partition input{dep.asset, upstream->key_at(index)};
        if (made_.contains(input)) made.read[input] = made_[input].version;
        return true;
      });
    }
    return made;
  }

  std::map<Partition, Made> made_;
  std::map<Partition, std::vector<std::pair<std::int64_t, std::string>>> versions_;
  std::int64_t makings_ = 0;
  std::vector<Partition> of_this_run_;
};

class RandomWorld {
 public:
  RandomWorld(unsigned seed, int assets) : random_(seed), count_(assets) {
    for (int i = 0; i < count_; ++i) define(i);
  }

  void turn() {
    for (int n = any(3); n > 0; --n) define(any(count_));
    run();
    for (int i = 0; i < count_; ++i) compare(name(i));
  }

 private:
  int any(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  static std::string name(int i) { return fmt::format("a{:03}", i); }

  PartitionsDefinition partitions_of(int i) const {
    TimeDimension days;
    days.start = "2024-01-01";
    days.end = "2024-01-06";
    TimeDimension weeks = days;
    weeks.cadence = Cadence::weekly;
    weeks.end = "2024-01-21";
    const StaticDimension letters{{"x", "y", "z"}};
    switch (i % 5) {
      case 0:
        return *validated({{{"", days}}});
      case 1:
        return *validated({{{"", letters}}});
      case 2:
        return *validated({{{"", weeks}}});
      case 3:
        return *validated({{{"day", days}, {"letter", letters}}});
      default:
        return {};
    }
  }

  // Anew, with other dependencies and perhaps another code version.
  void define(int i) {
    std::vector<Dependency> deps;
    for (int n = i == 0 ? 0 : any(3); n > 0; --n) {
      const int other = any(i);
      const std::string upstream = name(other);
      const bool has = std::any_of(deps.begin(), deps.end(),
                                   [&](const Dependency& dep) { return dep.asset == upstream; });
      MappingSpec mapping;
      const auto from = partitions_of(other);
      const auto inferred = resolve_mapping(mapping, from, partitions_of(i));
      const bool fits = inferred && validate_mapping(*inferred, from, partitions_of(i));
      if (!fits || any(3) == 0) mapping.kind = MappingSpec::Kind::all;
      if (!has) deps.push_back({upstream, mapping});
    }
    const std::string version = any(2) == 0 ? "" : std::to_string(any(3));
    project_.define(name(i), partitions_of(i), std::move(deps), version);
  }

  void run() {
    const Wanted wanted = any(2) == 0 ? Wanted{.stale = true} : Wanted{.all = true};
    std::string selection = name(any(count_));
    for (int n = any(count_); n > 0; --n) selection += " or " + name(any(count_));
    const auto outcome = [&](const std::string& asset, const std::string& key) {
      if (any(12) == 0) return RecordedProject::Ending{true, {}};
      const std::string given = any(3) == 0 ? std::to_string(any(3)) : "";
      model_.make(project_, {asset, key}, given);
      return RecordedProject::Ending{false, given};
    };
    project_.materialize(selection, wanted, outcome, true);
    model_.take_moments(project_);
  }

  void compare(const std::string& asset) {
    CAPTURE(asset);
    const SpacePtr space = project_.space(asset);
    const Freshness known = project_.freshness(asset);
    for (Index i = 0; i < space->size(); ++i) {
      const std::string key = space->key_at(i);
      CAPTURE(key);
      std::set<std::string> expected;
      if (model_.is_made({asset, key})) expected = model_.reasons(project_, {asset, key});
      std::set<std::string> found;
      for (const StaleReason& reason : known.reasons) {
        if (reason.partitions.contains(i)) found.insert(to_text(reason.kind));
      }
      REQUIRE(fmt::format("{}", fmt::join(found, " ")) ==
              fmt::format("{}", fmt::join(expected, " ")));
      REQUIRE(known.stale.contains(i) == !expected.empty());
    }
  }

  std::mt19937 random_;
  int count_;
  RecordedProject project_;
  Model model_;
};

}  // namespace

TEST_CASE("small random worlds are as fresh and as stale as the model says, for the same reasons") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    RandomWorld world(seed, 6);
    for (int turn = 0; turn < 8; ++turn) world.turn();
  }
}

TEST_CASE("so is a world of 200 assets") {
  RandomWorld world(1, 200);
  for (int turn = 0; turn < 6; ++turn) world.turn();
}
