// Staleness against the conformance vectors: their steps, taken through real runs.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

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
    {"st-049-stale-time-all-mapping-skipped",
     "dependencies on any number of partitions are examined, so it is stale"},
};

class Steps {
 public:
  explicit Steps(const Json& vector) : vector_(vector) {
    for (const Json& asset : vector["assets"].as_array()) {
      define(asset["key"].as_string(), asset["code_version"].as_string());
    }
  }

  void take() {
    for (const Json& step : vector_["steps"].as_array()) {
      if (step.contains("expect")) {
        for (const auto& [name, expected] : step["expect"].as_object()) check(name, expected);
      } else {
        act(step);
      }
    }
  }

 private:
  const Json& spec(const std::string& key) const {
    const auto& assets = vector_["assets"].as_array();
    return *std::find_if(assets.begin(), assets.end(),
                         [&](const Json& asset) { return asset["key"].as_string() == key; });
  }

  void define(const std::string& key, std::string code_version) {
    const Json& asset = spec(key);
    std::vector<Dependency> deps;
    for (const Json& dep : asset["deps"].as_array()) {
      MappingSpec mapping;
      if (const Json& own = asset["self_mapping"]; own.is_object() && dep.as_string() == key) {
        mapping.kind = MappingSpec::Kind::time_window;
        mapping.start_offset = own["start_offset"].as_int();
        mapping.end_offset = own["end_offset"].as_int();
      }
      deps.push_back({dep.as_string(), mapping});
    }
    PartitionsDefinition partitions;
    if (asset["partitions"].is_object()) partitions = *definition_of(asset["partitions"]);
    project_.define(key, partitions, std::move(deps), std::move(code_version));
  }

  void act(const Json& step) {
    if (step.contains("observe"))
      project_.report(step["observe"].as_string(), {}, step["data_version"].as_string());
    for (const auto& [key, changed] : step["redefine"].as_object())
      define(key, changed["code_version"].as_string());
    for (const Json& key : step["materialize"].as_array()) {
      const std::string partition = step["partition"].as_string();
      project_.materialize(key.as_string() + (partition.empty() ? "" : "@" + partition), {}, {},
                           true);
    }
    for (const Json& key : step["materialize_without_provenance"].as_array())
      project_.report(key.as_string(), {}, {});
  }

  // `asset` or `asset|key`.
  void check(const std::string& name, const Json& expected) {
    CAPTURE(name);
    const std::string asset = name.substr(0, name.find('|'));
    const std::string key = name.size() > asset.size() ? name.substr(asset.size() + 1) : "";
    const Index index = *project_.space(asset)->index_of(key);
    const Freshness freshness = project_.freshness(asset);
    const std::string& status = expected["status"].as_string();
    const bool made = !project_.data_version(asset, key).empty();
    CHECK(made == (status != "MISSING"));
    CHECK(freshness.stale.contains(index) == (status == "STALE"));
    std::set<std::string> categories, kinds;
    for (const Json& cause : expected["causes"].as_array())
      categories.insert(cause["category"].as_string() == "CODE" ? "code_version" : "upstream");
    for (const StaleReason& reason : freshness.reasons) {
      if (reason.partitions.contains(index)) kinds.insert(to_text(reason.kind));
    }
    CHECK(kinds == categories);
  }

  const Json& vector_;
  RecordedProject project_;
};

}  // namespace

TEST_CASE("staleness agrees with the conformance vectors") {
  const auto vectors = read_vectors("status.json");
  if (!vectors) return;
  std::size_t checked = 0;
  std::vector<std::string> left_out;
  for (const Json& vector : *vectors) {
    if (vector["topic"].as_string() != "staleness" || !vector.contains("steps")) continue;
    const std::string& id = vector["id"].as_string();
    CAPTURE(id);
    const auto* difference = std::ranges::find(kDifferences, id, &Difference::id);
    if (difference != std::end(kDifferences)) {
      left_out.push_back(id + ", which is different here: " + std::string(difference->why));
      continue;
    }
    Steps(vector).take();
    ++checked;
  }
  report("status.json, staleness", checked, left_out);
}

TEST_CASE("an input of very many partitions is examined, too") {
  RecordedProject project;
  TimeDimension days;
  days.start = "2020-01-01";
  project.define("daily", *validated({{{"", days}}}));
  project.define("report", {}, {{"daily", {}}});
  project.materialize("daily@2020-01-01");
  project.materialize("report", {}, {}, true);
  CHECK(project.stale("report") == "-");
  project.materialize("daily@2020-01-01");
  CHECK(project.stale("report") == "all");
}
