#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "partitions/mapping.hpp"
#include "vectors.hpp"

namespace partita {
namespace {

// Vectors that say otherwise than Partita does, with what it does instead.
struct Difference {
  std::string_view id;  // or the end of one
  std::string_view why;
};

constexpr Difference kDifferences[] = {
    {"timezone-mismatch", "windows of different time zones map by the instants they share"},
};

// Later than any vector's `now`.
constexpr Instant kLater = 13'569'465'600;  // 2400-01-01

using DynamicSets = std::map<std::string, DynamicKeys, std::less<>>;

void collect_dynamic_sets(const Json& definition, DynamicSets& sets) {
  for (const auto& [name, dimension] : definition["dimensions"].as_object()) {
    collect_dynamic_sets(dimension, sets);
  }
  if (definition["kind"].as_string() != "dynamic") return;
  sets[definition["name"].as_string()] =
      std::make_shared<const std::vector<std::string>>(texts_of(definition["keys_at_now"]));
}

PartitionsDefinition side_of(const Json& json) {
  if (json["kind"].as_string() == "unpartitioned") return {};
  auto definition = definition_of(json);
  REQUIRE_MESSAGE(definition, json.dump());
  return *std::move(definition);
}

// One vector, with the spaces at its `now`. A key that is asked about may not exist yet: its space
// is then a later one.
class VectorCheck {
 public:
  explicit VectorCheck(const Json& vector)
      : vector_(vector),
        spec_(mapping_of(vector["mapping"])),
        upstream_(side_of(vector["upstream"])),
        downstream_(side_of(vector["downstream"])) {
    collect_dynamic_sets(vector["upstream"], sets_);
    collect_dynamic_sets(vector["downstream"], sets_);
  }

  void run() const {
    const Json& expected = vector_["expected"];
    check_inference(expected);
    if (expected.contains("self_dependency_valid")) {
      const bool valid = validate_self_dependency(spec_, upstream_).has_value();
      CHECK(valid == expected["self_dependency_valid"].as_bool());
    } else if (expected.contains("error")) {
      CHECK_FALSE(bind_mapping(spec_, now(upstream_), now(downstream_)));
    }
    for (const Json& step : expected["upstream_of"].as_array()) check_upstream(step);
    for (const Json& step : expected["downstream_of"].as_array()) check_downstream(step);
  }

  // The other way round than the vector has it: the mapping holds.
  void run_different() const { CHECK(bind_mapping(spec_, now(upstream_), now(downstream_))); }

 private:
  using Keys = std::vector<std::string>;

  SpacePtr space_at(const PartitionsDefinition& definition, Instant when) const {
    const auto keys_of = [this](std::string_view set) -> Result<DynamicKeys> {
      return sets_.find(set)->second;
    };
    auto space = make_space(definition, {when, keys_of});
    REQUIRE(space);
    return *space;
  }

  SpacePtr now(const PartitionsDefinition& definition) const {
    return space_at(definition, now_of(vector_));
  }

  SpacePtr space_with(const PartitionsDefinition& definition, const Keys& keys) const {
    const SpacePtr space = now(definition);
    const bool all_exist = std::ranges::all_of(
        keys, [&](const std::string& key) { return space->index_of(key).has_value(); });
    return all_exist ? space : space_at(definition, kLater);
  }

  static PartitionSet set_of(const PartitionSpace& space, const Keys& keys) {
    std::vector<Index> indices;
    for (const std::string& key : keys) {
      const auto index = space.index_of(key);
      CHECK_MESSAGE(index, key);
      if (index) indices.push_back(*index);
    }
    return PartitionSet::of_indices(space.shape(), indices);
  }

  // A side that is not partitioned has no keys in a vector, and one here.
  static Keys keys_of(const Json& json) {
    return json.is_null() ? Keys{""} : sorted(texts_of(json));
  }

  static Keys keys_of(const PartitionSet& set, const PartitionSpace& space) {
    Keys keys;
    set.for_each([&](Index index) {
      keys.push_back(space.key_at(index));
      return true;
    });
    return sorted(std::move(keys));
  }

  static Keys sorted(Keys keys) {
    std::ranges::sort(keys);
    return keys;
  }

  void check_inference(const Json& expected) const {
    if (!expected.contains("inferred_mapping")) return;
    const auto resolved = resolve_mapping(spec_, upstream_, downstream_);
    REQUIRE(resolved);
    CHECK(resolved->describe() == expected["inferred_mapping"].as_string());
  }

  void check_upstream(const Json& step) const {
    const Keys asked = keys_of(step["downstream_keys"]);
    const SpacePtr upstream = now(upstream_);
    const SpacePtr downstream = space_with(downstream_, asked);
    const auto mapping = bind_mapping(spec_, upstream, downstream);
    REQUIRE(mapping);
    const UpstreamPartitions result = (*mapping)->upstream_of(set_of(*downstream, asked));
    CHECK(keys_of(result.existing, *upstream) == keys_of(step["upstream_keys"]));
    CHECK(sorted(result.nonexistent) == sorted(texts_of(step["required_but_nonexistent"])));
    CHECK(result.blocked_downstream.empty() == result.nonexistent.empty());
  }

  void check_downstream(const Json& step) const {
    const Keys asked = keys_of(step["upstream_keys"]);
    const SpacePtr upstream = space_with(upstream_, asked);
    const SpacePtr downstream = now(downstream_);
    const auto mapping = bind_mapping(spec_, upstream, downstream);
    REQUIRE(mapping);
    const PartitionSet result = (*mapping)->downstream_of(set_of(*upstream, asked));
    CHECK(keys_of(result, *downstream) == keys_of(step["downstream_keys"]));
  }

  const Json& vector_;
  MappingSpec spec_;
  PartitionsDefinition upstream_;
  PartitionsDefinition downstream_;
  DynamicSets sets_;
};

const Difference* difference_of(std::string_view id) {
  const auto* found = std::ranges::find_if(
      kDifferences, [&](const Difference& difference) { return id.ends_with(difference.id); });
  return found == std::end(kDifferences) ? nullptr : found;
}

}  // namespace

TEST_CASE("mappings agree with the conformance vectors") {
  const auto vectors = read_vectors("mappings.json");
  if (!vectors) return;
  std::vector<std::string> different;
  for (const Json& vector : *vectors) {
    const std::string& id = vector["id"].as_string();
    CAPTURE(id);
    const VectorCheck check(vector);
    if (const Difference* difference = difference_of(id)) {
      different.push_back(id + ", which is different here: " + std::string(difference->why));
      check.run_different();
      continue;
    }
    check.run();
  }
  report("mappings.json", vectors->size() - different.size(), different);
}

}  // namespace partita
