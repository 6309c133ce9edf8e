// Backfills against the conformance vectors: what is planned, how it is cut into calls, and what
// comes of it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "execute/batch_chunks.hpp"
#include "partitions/selection.hpp"
#include "recorded_project.hpp"
#include "unit/partitions/vectors.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

struct Difference {
  std::string_view id;
  std::string_view why;
};
constexpr Difference kDifferences[] = {
    {"bf-103-cancel-mid-submission", "nothing is submitted in chunks of runs"},
    {"bf-104-code-location-unreachable", "there is no code location that can be unreachable"},
    {"bf-105-definition-static-key-removed", "a run is pinned to the definitions it began with"},
    {"bf-106-definition-static-changed-targets-kept",
     "a run is pinned to the definitions it began with"},
};

using Keys = std::vector<std::string>;

std::string joined_keys(const Keys& keys) {
  std::vector<std::string> quoted;
  quoted.reserve(keys.size());
  for (const std::string& key : keys) quoted.push_back(quoted_key(key));
  return "{" + join(quoted, ",") + "}";
}

// `{"kind": "multi_run", "max_partitions_per_run": 7}`; null: one partition a call.
std::int64_t batch_of(const Json& policy) {
  if (!policy.is_object()) return 0;
  if (policy["kind"].as_string() == "single_run") return RunPolicy::kWholeRange;
  return policy["max_partitions_per_run"].as_int();
}

class Scenario {
 public:
  explicit Scenario(const Json& vector)
      : vector_(vector),
        project_(vector["now"].is_string() ? instant_of(vector["now"]) : 4'000'000'000) {
    for (const Json& asset : vector["assets"].as_array()) define(asset);
  }

  void run() {
    check_failed_and_missing();
    check_events();
    const RecordedProject::Made made = project_.materialize(
        selection(), wanted(),
        [&](const std::string& asset, const std::string& key) { return attempt(asset, key); },
        true);
    check_plan(made.plan);
    check_calls(made.plan);
    check_end(made);
  }

 private:
  const Json& request() const { return vector_["request"]; }

  void define(const Json& asset) {
    const std::string& key = asset["key"].as_string();
    const Json& kind = asset["partitions"];
    PartitionsDefinition partitions;
    if (kind["kind"].as_string() != "unpartitioned") partitions = definition_with_keys(kind);
    std::vector<Dependency> deps;
    for (const Json& dep : asset["deps"].as_array())
      deps.push_back({dep["asset"].as_string(), mapping_of(dep["mapping"])});
    project_.define(key, partitions, std::move(deps));
    RunPolicy policy;
    policy.retry.max_retries = static_cast<int>(request()["run_retries"].as_int());
    project_.set_policy(key, policy);
    batches_[key] = batch_of(asset["backfill_policy"]);
    fails_[key] = &asset["fails"];
  }

  PartitionsDefinition definition_with_keys(const Json& kind) {
    if (kind["kind"].as_string() == "dynamic") {
      const Keys keys = texts_of(kind["keys_at_now"]);
      REQUIRE(project_.store().add_dynamic_keys(kind["name"].as_string(), keys));
    }
    auto definition = definition_of(kind);
    REQUIRE_MESSAGE(definition, kind.dump());
    return *std::move(definition);
  }

  // As Dagster's are: names are the roots', and what follows from them within the selection. Of a
  // root that reads itself nothing follows: so in hops from asset to asset.
  std::string selection() const {
    std::vector<std::string> parts;
    for (const auto& [asset, keys] : request()["target_given"].as_object())
      parts.push_back(asset + "@" + joined_keys(texts_of(keys)));
    if (!parts.empty()) return join(parts, " or ");
    const Keys assets = request().contains("selected")
                            ? Keys{vector_["assets"].as_array()[0]["key"].as_string()}
                            : texts_of(request()["assets"]);
    const std::string all = join(assets, " or ");
    if (!request().contains("partition_names")) return all;
    for (const std::string& asset : assets) {
      if (!is_root(asset, assets)) continue;
      const bool partitioned = project_.asset(asset).partitions.is_partitioned();
      const Keys names = texts_of(request()["partition_names"]);
      parts.push_back(
          partitioned ? fmt::format("{}@{}+{}", asset, joined_keys(names), assets.size()) : asset);
    }
    if (!project_.asset(assets.front()).partitions.is_partitioned())
      return fmt::format("{} or {}@{}", assets.front(), assets.back(),
                         joined_keys(texts_of(request()["partition_names"])));
    return fmt::format("({}) and ({})", join(parts, " or "), all);
  }

  bool is_root(const std::string& asset, const Keys& selected) const {
    const auto& deps = project_.asset(asset).deps;
    return std::none_of(deps.begin(), deps.end(), [&](const Dependency& dep) {
      return dep.asset != asset &&
             std::find(selected.begin(), selected.end(), dep.asset) != selected.end();
    });
  }

  Wanted wanted() const {
    if (request().contains("only_failed_and_missing")) return {.missing = true, .failed = true};
    return {.all = request().contains("all_partitions")};
  }

  // Before the backfill some are made, and some have failed.
  void check_failed_and_missing() {
    for (const auto& [key, status] : request()["current_status"].as_object()) {
      const std::string& said = status.as_string();
      if (said == "missing") continue;
      project_.materialize("d@" + key, {}, [&](const std::string&, const std::string&) {
        return RecordedProject::Ending{said == "failed", {}};
      });
    }
  }

  // What is made outside, before it or beside it, is made again if it was asked for, and is no part
  // of it if not.
  void check_events() {
    if (!request().contains("events")) return;
    const std::string& first = vector_["assets"].as_array()[0]["key"].as_string();
    const SpacePtr space = project_.space(first);
    project_.report(first, space->key_at(space->size() - 1), "of another run");
  }

  RecordedProject::Ending attempt(const std::string& asset, const std::string& key) {
    const int attempts = ++attempts_[asset + "|" + key];
    const Json& fails = *fails_[asset];
    const Keys failing = texts_of(fails);
    const bool failed = (fails.is_bool() && fails.as_bool()) ||
                        (fails.is_string() && attempts == 1) ||
                        std::find(failing.begin(), failing.end(), key) != failing.end();
    order_.push_back(asset + "|" + key);
    return {failed, {}};
  }

  static std::set<std::string> planned_of(const Plan& plan, const std::string& asset) {
    std::set<std::string> keys;
    for (const PlannedAsset& planned : plan.assets) {
      if (planned.def.key != asset) continue;
      planned.targets.for_each([&](Index index) {
        keys.insert(planned.space->key_at(index));
        return true;
      });
    }
    return keys;
  }

  static std::set<std::string> set_of(const Json& keys) {
    if (keys.is_string()) return {""};  // "whole"
    const Keys list = texts_of(keys);
    return {list.begin(), list.end()};
  }

  void check_plan(const Plan& plan) const {
    const Json& expected = vector_["expected"];
    for (const Json* exact :
         {&expected["target"], &request()["target_given"], &expected["final"]["materialized"]}) {
      for (const auto& [asset, keys] : exact->as_object())
        CHECK(planned_of(plan, asset) == set_of(keys));
    }
    if (expected.contains("partition_names"))
      CHECK(planned_of(plan, "d") == set_of(expected["partition_names"]));
    std::map<std::string, std::set<std::string>> requested;
    for (const Json& iteration : expected["iterations"].as_array()) {
      for (const auto& [asset, keys] : iteration["requested"].as_object())
        requested[asset].merge(set_of(keys));
      for (const Json& run : iteration["runs_requested"].as_array()) {
        if (run.contains("partition_key"))
          requested[run["assets"].as_array()[0].as_string()].insert(
              run["partition_key"].as_string());
      }
    }
    for (const auto& [asset, keys] : requested) {
      const std::set<std::string> planned = planned_of(plan, asset);
      CHECK(std::includes(planned.begin(), planned.end(), keys.begin(), keys.end()));
    }
    for (const Json& status : expected["final_status_in_order"].as_array()) {
      const auto planned = planned_of(plan, status["asset"].as_string());
      CHECK(static_cast<std::int64_t>(planned.size()) == status["target"].as_int());
    }
  }

  using Ranges = std::vector<std::pair<std::string, std::string>>;

  // How the asset's partitions are cut into calls.
  Ranges calls_of(const Plan& plan, const std::string& asset) const {
    Ranges ranges;
    for (const PlannedAsset& planned : plan.assets) {
      if (planned.def.key != asset) continue;
      std::vector<Run> stretches;
      planned.targets.for_each_run([&](Run run) {
        stretches.push_back(run);
        return true;
      });
      const PartitionSet none = PartitionSet::none(planned.space->shape());
      BatchChunks chunks(stretches, std::max<std::int64_t>(batches_.at(asset), 1), none);
      chunks.for_each_of(planned.targets, [&](const BatchChunks::Chunk& chunk) {
        ranges.emplace_back(planned.space->key_at(chunk.run.begin),
                            planned.space->key_at(chunk.run.end - 1));
      });
    }
    return ranges;
  }

  void check_calls(const Plan& plan) const {
    const Json& expected = vector_["expected"];
    std::map<std::string, Ranges> told;
    const auto tell = [&](const Json& run) {
      const std::string& asset = run["assets"].as_array()[0].as_string();
      const Keys range = texts_of(run["range"]);
      if (run.contains("partition_key")) {
        told[asset].emplace_back(run["partition_key"].as_string(),
                                 run["partition_key"].as_string());
      } else {
        told[asset].emplace_back(range.empty() ? "" : range.front(),
                                 range.empty() ? "" : range.back());
      }
    };
    for (const Json& run : expected["first_iteration_runs"].as_array()) tell(run);
    for (const Json& iteration : expected["iterations"].as_array()) {
      for (const Json& run : iteration["runs_requested"].as_array()) tell(run);
    }
    for (const Json& range : expected["ranges"].as_array()) {
      const Keys ends = texts_of(range);
      told["d"].emplace_back(ends.front(), ends.back());
    }
    for (const auto& [asset, ranges] : told) CHECK(calls_of(plan, asset) == ranges);
    if (!expected.contains("total_runs")) return;
    const std::string& only = vector_["assets"].as_array()[0]["key"].as_string();
    CHECK(static_cast<std::int64_t>(calls_of(plan, only).size()) ==
          expected["total_runs"].as_int());
  }

  void check_end(const RecordedProject::Made& made) {
    CHECK(static_cast<Index>(std::set(order_.begin(), order_.end()).size()) == made.plan.count());
    const auto& progress = vector_["expected"]["progress"].as_array();
    if (progress.empty()) {
      CHECK(made.counts.materialized == made.plan.count());
      return;
    }
    const Json& last = progress.back();
    if (last.contains("runs"))
      CHECK(static_cast<std::int64_t>(order_.size()) == last["runs"].as_int());
    if (last.contains("backfill_status"))
      CHECK((made.counts.failed == 0) ==
            (last["backfill_status"].as_string() == "COMPLETED_SUCCESS"));
    if (!progress.front().contains("upstream")) return;
    CHECK(made.counts.failed == progress.front()["upstream"]["failed"].as_int());
    const auto again = project_.materialize("upstream", {.failed = true});
    CHECK(again.counts.materialized == last["upstream"]["materialized"].as_int());
    CHECK(again.counts.failed == last["upstream"]["failed"].as_int());
  }

  const Json& vector_;
  RecordedProject project_;
  std::map<std::string, std::int64_t> batches_;
  std::map<std::string, const Json*> fails_;
  std::map<std::string, int> attempts_;
  std::vector<std::string> order_;
};

}  // namespace

TEST_CASE("backfills agree with the conformance vectors") {
  const auto vectors = read_vectors("backfill.json");
  if (!vectors) return;
  std::size_t checked = 0;
  std::vector<std::string> left_out;
  for (const Json& vector : *vectors) {
    if (vector["kind"].as_string() != "scenario") continue;
    const std::string& id = vector["id"].as_string();
    CAPTURE(id);
    const auto* difference = std::ranges::find(kDifferences, id, &Difference::id);
    if (difference != std::end(kDifferences)) {
      left_out.push_back(id + ": " + std::string(difference->why));
      continue;
    }
    Scenario(vector).run();
    ++checked;
  }
  report("backfill.json, scenarios", checked, left_out);
}
