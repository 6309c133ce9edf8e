#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.hpp"
#include "partitions/key.hpp"
#include "partitions/set.hpp"
#include "vectors.hpp"

namespace partita {
namespace {

// Vectors by a part of their id, with what is different here.
constexpr LeftOut kLeftOut[] = {
    {"string-is-sequence", "a text is no list of keys here"},
    {"-cli-", "about the command line, which has its own tests"},
    {"primary-dimension", "no dimension of a product is special here"},
    {"-api-", "whether a command refuses a key that is there is the command's"},
};

// Expectations that have another form here.
constexpr LeftOut kOtherForm[] = {
    {"serialized", "sets are kept as windows and keys of ours"},
};

std::optional<std::string> why_left_out(const Json& vector) {
  const std::string& id = vector["id"].as_string();
  for (const LeftOut& rule : kLeftOut) {
    if (id.find(rule.name) != id.npos) return id + ": " + std::string(rule.why);
  }
  return std::nullopt;
}

// A product of any number of dimensions is refused by the vectors, two excepted. Not here.
bool has_three_dimensions(const Json& definition) {
  return definition["dimensions"].as_object().size() > 2;
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

PartitionSet set_of(const PartitionSpace& space, const Json& keys) {
  std::vector<Index> indices;
  for (const std::string& key : texts_of(keys)) indices.push_back(space.index_of(key).value());
  return PartitionSet::of_indices(space.shape(), indices);
}

void check_keys(const PartitionSpace& space, const Json& expected) {
  if (expected.contains("keys")) CHECK(all_keys(space) == texts_of(expected["keys"]));
  if (expected.contains("count")) CHECK(space.size() == expected["count"].as_int());
  if (expected["first_key"].is_string())
    CHECK(space.key_at(0) == expected["first_key"].as_string());
  if (expected["last_key"].is_string()) {
    CHECK(space.key_at(space.size() - 1) == expected["last_key"].as_string());
  }
  for (const auto& [key, exists] : expected["has_key"].as_object()) {
    CAPTURE(key);
    CHECK(space.index_of(key).has_value() == exists.as_bool());
  }
  for (const Json& range : expected["keys_in_range"].as_array()) {
    const auto keys = keys_between(space, range["from"].as_string(), range["to"].as_string());
    REQUIRE(keys.has_value() == range.contains("keys"));
    if (keys) CHECK(*keys == texts_of(range["keys"]));
  }
}

void check_equality(const Json& vector) {
  const auto own = definition_of(vector["definition"]);
  for (const char* member : {"identity", "equality"}) {
    const Json& expected = vector["expected"][member];
    for (const Json& other : expected["same_as"].as_array()) CHECK(*definition_of(other) == *own);
    for (const Json& other : expected["different_from"].as_array()) {
      CHECK(*definition_of(other) != *own);
    }
  }
}

void check_subset(const PartitionSpace& space, const Json& vector) {
  const PartitionSet set = set_of(space, vector["subset"]);
  for (const Json& order : vector["expected"]["same_for_subset_in_any_order"].as_array()) {
    CHECK(set_of(space, order) == set);
  }
  if (!vector["expected"].contains("ranges")) return;
  std::vector<std::string> expected, found;
  for (const Json& range : vector["expected"]["ranges"].as_array()) {
    expected.push_back(join(texts_of(range), "..."));
  }
  // A run of a product may go on into the next row, a range does not.
  const Index row = space.shape().back();
  set.for_each_run([&](Run run) {
    for (Index begin = run.begin; begin < run.end;) {
      const Index end = std::min(run.end, (begin / row + 1) * row);
      found.push_back(space.key_at(begin) + "..." + space.key_at(end - 1));
      begin = end;
    }
    return true;
  });
  CHECK(sorted(found) == sorted(expected));
}

void check_pages(const PartitionSpace& space, const Json& expected) {
  for (const auto& [member, pages] : expected.as_object()) {
    if (member.find("pages_") != 0) continue;
    std::vector<std::string> keys = all_keys(space);
    if (member.find("descending") != member.npos) std::reverse(keys.begin(), keys.end());
    std::vector<std::string> paged;
    for (const Json& page : pages.as_array()) {
      for (const std::string& key : texts_of(page)) paged.push_back(key);
    }
    CHECK(paged == keys);
  }
}

void check_parts(const PartitionSpace& space, const Json& expected) {
  for (const Json& parse : expected["parse"].as_array()) {
    const auto index = space.find(parse["key"].as_string());
    REQUIRE(index.has_value() == parse.contains("dimension_keys"));
    for (const auto& [name, key] : parse["dimension_keys"].as_object()) {
      const std::size_t dimension = space.dimension_named(name).value();
      CHECK(space.dimension(dimension).key_at(space.coordinates(*index)[dimension]) ==
            key.as_string());
    }
  }
  for (const Json& slice : expected["keys_with_dimension_value"].as_array()) {
    const std::size_t dimension = space.dimension_named(slice["dimension"].as_string()).value();
    std::vector<std::string> keys;
    for (Index i = 0; i < space.size(); ++i) {
      const Index at = space.coordinates(i)[dimension];
      if (space.dimension(dimension).key_at(at) == slice["value"].as_string()) {
        keys.push_back(space.key_at(i));
      }
    }
    CHECK(keys == texts_of(slice["keys"]));
  }
}

void check_time_windows(const PartitionSpace& space, const Json& expected) {
  for (const Json& one : expected["time_window"].as_array()) {
    const auto window = space.window_at(space.index_of(one["key"].as_string()).value());
    REQUIRE(window.has_value() == one.contains("start"));
    if (!window) continue;
    CHECK(window->start == instant_of(one["start"]));
    CHECK(window->end == instant_of(one["end"]));
  }
}

// Plays the steps of a vector on a dynamic set as the store keeps it: additions are idempotent.
class DynamicSet {
 public:
  explicit DynamicSet(PartitionsDefinition definition) : definition_(std::move(definition)) {}

  SpacePtr space() const {
    auto keys = std::make_shared<const std::vector<std::string>>(keys_);
    return *make_space(definition_, {0, [keys](std::string_view) { return DynamicKeys(keys); }});
  }

  void play(const Json& step) {
    const std::string& op = step["op"].as_string();
    const std::string& key = step["key"].as_string();
    if (op == "keys") CHECK(all_keys(*space()) == texts_of(step["expect"]));
    if (op == "has") CHECK(space()->index_of(key).has_value() == step["expect"].as_bool());
    if (op == "materialize") CHECK(space()->find(key).has_value() == !step.contains("error"));
    if (op == "delete") keys_.erase(std::remove(keys_.begin(), keys_.end(), key), keys_.end());
    if (op == "add") CHECK(add(step["keys"]) == !step.contains("error"));
  }

 private:
  bool add(const Json& keys) {
    for (const std::string& key : texts_of(keys)) {
      if (!validate_key(key)) return false;
      if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) keys_.push_back(key);
    }
    return true;
  }

  PartitionsDefinition definition_;
  std::vector<std::string> keys_;
};

void check_vector(const Json& vector) {
  const Json& expected = vector["expected"];
  const auto definition = definition_of(vector["definition"]);
  if (expected.contains("error")) {
    CHECK(definition.has_value() == has_three_dimensions(vector["definition"]));
    return;
  }
  REQUIRE(definition);
  DynamicSet dynamic(*definition);
  for (const Json& step : expected["steps"].as_array()) dynamic.play(step);
  const SpacePtr space = *make_space(*definition, {now_of(vector), {}});
  check_keys(*space, expected);
  check_equality(vector);
  if (vector.contains("subset")) check_subset(*space, vector);
  check_pages(*space, expected);
  check_parts(*space, expected);
  check_time_windows(*space, expected);
}

TEST_CASE("static keys, products and dynamic sets are what the conformance vectors say") {
  const auto vectors = read_vectors("static_multi_dynamic.json");
  if (!vectors) return;
  std::size_t checked = 0;
  std::vector<std::string> left_out;
  for (const Json& vector : *vectors) {
    const std::string& id = vector["id"].as_string();
    CAPTURE(id);
    if (auto why = why_left_out(vector)) {
      left_out.push_back(*std::move(why));
      continue;
    }
    for (const LeftOut& form : kOtherForm) {
      if (!vector["expected"].contains(form.name)) continue;
      left_out.push_back(id + ", `" + std::string(form.name) + "`: " + std::string(form.why));
    }
    check_vector(vector);
    ++checked;
  }
  report("static_multi_dynamic.json", checked, left_out);
}

}  // namespace
}  // namespace partita
