// Mappings by a function, against the plainest model, and the check of functions.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>

#include "partitions/mapping.hpp"
#include "partitions/mapping_check.hpp"

namespace partita {
namespace {

using Keys = std::vector<std::string>;
using Function = std::function<Keys(const std::string& key)>;

SpacePtr space_of(std::vector<Dimension> dimensions) {
  auto definition = validated({std::move(dimensions)});
  REQUIRE(definition);
  auto space = make_space(*definition, {1'704'844'800, {}});
  REQUIRE(space);
  return *space;
}

Dimension listed(Keys keys, std::string name = {}) {
  return {std::move(name), StaticDimension{std::move(keys)}};
}

SpacePtr numbers(int count) {
  Keys keys;
  for (int i = 0; i < count; ++i) keys.push_back(std::to_string(i));
  return space_of({listed(std::move(keys))});
}

// What a plugin would be: functions of a key, asked in batches.
class FakeFunctions final : public KeyFunctions {
 public:
  FakeFunctions(Function forward, Function inverse = {})
      : forward_(std::move(forward)), inverse_(std::move(inverse)) {}

  Result<RelatedKeys> related(std::size_t number, MappingSide side, const KeyBatch& of) override {
    REQUIRE(number == expected_number);
    ++batches;
    RelatedKeys answers;
    for (std::size_t i = 0; i < of.count; ++i) {
      if (of.key(i) == poison) return Error{ErrorCode::definitions, "it is poisoned", {}};
      answers.push_back((side == MappingSide::upstream ? forward_ : inverse_)(of.key(i)));
    }
    return answers;
  }

  std::size_t expected_number = 0;
  int batches = 0;
  std::string poison = "none";

 private:
  Function forward_;
  Function inverse_;
};

MappingSpec by_function(bool has_inverse = false) {
  MappingSpec spec;
  spec.kind = MappingSpec::Kind::function;
  spec.name = "fiscal";
  spec.has_inverse = has_inverse;
  return spec;
}

std::shared_ptr<const Mapping> bound(const MappingSpec& spec, const SpacePtr& upstream,
                                     const SpacePtr& downstream, FakeFunctions functions) {
  auto mapping = bind_mapping(spec, upstream, downstream, &functions);
  REQUIRE_MESSAGE(mapping, (mapping ? "" : mapping.error().message));
  return *mapping;
}

PartitionSet set_of(const PartitionSpace& space, const std::set<Index>& indices) {
  return PartitionSet::of_indices(space.shape(), {indices.begin(), indices.end()});
}

using Pairs = std::set<std::pair<Index, Index>>;  // downstream, upstream

std::set<Index> image(const Pairs& pairs, const std::set<Index>& of) {
  std::set<Index> result;
  for (const auto& [from, to] : pairs) {
    if (of.contains(from)) result.insert(to);
  }
  return result;
}

std::set<Index> subset(Index size, unsigned bits) {
  std::set<Index> indices;
  for (Index i = 0; i < size; ++i) {
    if ((bits >> i & 1U) != 0) indices.insert(i);
  }
  return indices;
}

void check_model(const SpacePtr& upstream, const SpacePtr& downstream, const Pairs& pairs) {
  Pairs turned;
  for (const auto& [down, up] : pairs) turned.insert({up, down});
  const auto mapping = bound(by_function(), upstream, downstream, {[&](const std::string& key) {
                               Keys keys;
                               for (const Index up : image(pairs, {*downstream->index_of(key)})) {
                                 keys.push_back(upstream->key_at(up));
                               }
                               return keys;
                             }});
  for (unsigned bits = 0; bits < 1U << downstream->size(); ++bits) {
    const std::set<Index> asked = subset(downstream->size(), bits);
    const UpstreamPartitions answer = mapping->upstream_of(set_of(*downstream, asked));
    REQUIRE(answer.existing == set_of(*upstream, image(pairs, asked)));
    REQUIRE(answer.nonexistent.empty());
  }
  for (unsigned bits = 0; bits < 1U << upstream->size(); ++bits) {
    const std::set<Index> asked = subset(upstream->size(), bits);
    REQUIRE(mapping->downstream_of(set_of(*upstream, asked)) ==
            set_of(*downstream, image(turned, asked)));
  }
}

Pairs random_pairs(Index down, Index up, std::mt19937& random) {
  Pairs pairs;
  const unsigned one_in = 1 + random() % 4;
  for (Index d = 0; d < down; ++d) {
    for (Index u = 0; u < up; ++u) {
      if (random() % one_in == 0) pairs.insert({d, u});
    }
  }
  return pairs;
}

}  // namespace

TEST_CASE("any relation between small spaces is what the function says, both ways") {
  std::mt19937 random(7);
  for (const Index down : {0, 1, 2, 5, 8}) {
    for (const Index up : {0, 1, 3, 6}) {
      for (int i = 0; i < 8; ++i) {
        check_model(numbers(static_cast<int>(up)), numbers(static_cast<int>(down)),
                    random_pairs(down, up, random));
      }
    }
  }
}

TEST_CASE("any relation between products is what the function says of their whole keys") {
  std::mt19937 random(8);
  const SpacePtr one = space_of({listed({"a", "b", "c"}, "x"), listed({"p", "q"}, "y")});
  const SpacePtr other = space_of({listed({"d", "e"}, "x"), listed({"r", "s", "t"}, "z")});
  for (int i = 0; i < 30; ++i) check_model(one, other, random_pairs(6, 6, random));
}

TEST_CASE("an asset that is not partitioned needs what the function says of the empty key") {
  const auto whole = std::make_shared<const PartitionSpace>();
  const SpacePtr upstream = numbers(5);
  const auto mapping = bound(by_function(), upstream, whole, {[](const std::string& key) {
                               CHECK(key.empty());
                               return Keys{"4", "1"};
                             }});
  CHECK(mapping->upstream_of(PartitionSet::all({})).existing == set_of(*upstream, {1, 4}));
  CHECK(mapping->downstream_of(set_of(*upstream, {1})) == PartitionSet::all({}));
  CHECK(mapping->downstream_of(set_of(*upstream, {2})).empty());
}

TEST_CASE("keys that do not exist block what needs them, unless they may be missing") {
  const Function next = [](const std::string& key) {
    return Keys{std::to_string(std::stoi(key) + 1)};
  };
  const SpacePtr space = numbers(4);
  const auto mapping = bound(by_function(), space, space, {next});
  const UpstreamPartitions all = mapping->upstream_of(PartitionSet::all(space->shape()));
  CHECK(all.existing == set_of(*space, {1, 2, 3}));
  CHECK(all.nonexistent == Keys{"4"});
  CHECK(all.blocked_downstream == set_of(*space, {3}));
  CHECK(mapping->upstream_of(set_of(*space, {0, 1})).blocked_downstream.empty());
  MappingSpec lenient = by_function();
  lenient.allow_missing = true;
  const auto without = bound(lenient, space, space, {next});
  CHECK(without->upstream_of(PartitionSet::all(space->shape())).blocked_downstream.empty());
}

TEST_CASE("a dimension of a product may be mapped by a function") {
  const SpacePtr upstream = space_of({listed({"1", "2", "3"}, "n"), listed({"p", "q"}, "y")});
  const SpacePtr downstream = space_of({listed({"a", "aa"}, "word"), listed({"p", "q"}, "y")});
  MappingSpec spec;
  spec.kind = MappingSpec::Kind::multi;
  MappingSpec same;
  same.kind = MappingSpec::Kind::identity;
  MappingSpec length = by_function();
  length.function = 1;
  spec.parts = {{"y", "y", std::make_shared<MappingSpec>(same)},
                {"n", "word", std::make_shared<MappingSpec>(length)}};
  CHECK(has_function(spec));
  FakeFunctions functions([](const std::string& key) { return Keys{std::to_string(key.size())}; });
  functions.expected_number = 1;
  const auto mapping = bind_mapping(spec, upstream, downstream, &functions);
  REQUIRE(mapping);
  const auto answer = (*mapping)->upstream_of(
      PartitionSet::of_index(downstream->shape(), *downstream->index_of("aa|q")));
  CHECK(to_text(answer.existing, *upstream) == "2|q");
}

TEST_CASE("a large space is asked in batches, fewer keys where they relate to many") {
  const SpacePtr space = numbers(20'000);
  FakeFunctions few([](const std::string& key) { return Keys{key}; });
  CHECK(bind_mapping(by_function(), space, space, &few));
  CHECK(few.batches < 10);
  const SpacePtr hundred = numbers(100);
  FakeFunctions many([](const std::string&) {
    Keys keys;
    for (int i = 0; i < 5'000; ++i) keys.push_back(std::to_string(i));
    return keys;
  });
  CHECK(bind_mapping(by_function(), space, hundred, &many));
  CHECK(many.batches > 10);
}

TEST_CASE("a function that fails is an error with its name, and so is one that cannot be asked") {
  const SpacePtr space = numbers(4);
  FakeFunctions functions([](const std::string& key) { return Keys{key}; });
  functions.poison = "2";
  CHECK(bind_mapping(by_function(), space, space, &functions).error().message ==
        "ask function fiscal: it is poisoned");
  CHECK(bind_mapping(by_function(), space, space).error().code == ErrorCode::internal);
  const auto whole = std::make_shared<const PartitionSpace>();
  CHECK(bind_mapping(by_function(), whole, space, &functions).error().message ==
        "refuse mapping function fiscal: the upstream is not partitioned");
}

TEST_CASE("an asset cannot depend on itself by a function: its order is not known") {
  const SpacePtr space = numbers(4);
  CHECK_FALSE(validate_self_dependency(by_function(), space->definition()));
}

TEST_CASE("a mapping by a function is described by its name, and read from what was written") {
  MappingSpec spec = by_function(true);
  spec.function = 3;
  spec.allow_missing = true;
  CHECK(spec.describe() == "function fiscal");
  const auto read = mapping_from_json(to_json(spec));
  REQUIRE(read);
  CHECK((*read == spec));
  CHECK_FALSE((*read == by_function(true)));
}

namespace {

std::string fault_of(FakeFunctions functions, bool has_inverse, int size = 12,
                     Index most = kCheckedKeys) {
  const auto faults =
      check_functions(by_function(has_inverse), numbers(size), numbers(size), functions, most);
  REQUIRE(faults);
  if (faults->empty()) return "";
  CHECK(faults->size() == 1);
  return faults->front().code + ": " + faults->front().message;
}

Keys same(const std::string& key) {
  return {key};
}

Keys same_but_seven(const std::string& key) {
  return key == "7" ? Keys{} : Keys{key};
}

}  // namespace

TEST_CASE("a function and its inverse that are one relation pass, whatever the order and repeats") {
  CHECK(fault_of({same, same}, true).empty());
  CHECK(fault_of({[](const std::string& key) { return Keys{key, "gone", key}; }, same}, true)
            .empty());
}

TEST_CASE("a pair that only one side says is named") {
  CHECK(fault_of({same, same_but_seven}, true) ==
        "function_disagrees: function fiscal and its inverse disagree: `7` needs `7`, of which the "
        "inverse says nothing");
  CHECK(fault_of({same_but_seven, same}, true) ==
        "function_disagrees: function fiscal and its inverse disagree: by the inverse `7` feeds "
        "`7`, which needs nothing");
  CHECK(fault_of({same, same_but_seven}, false).empty());
}

TEST_CASE("a function that changes its answer is named with the key") {
  int calls = 0;
  const Function counts = [&](const std::string& key) {
    return ++calls > 12 && key == "5" ? Keys{"1", "2", "3", "4", "5", "6", "7"} : Keys{key};
  };
  CHECK(fault_of({counts}, false) ==
        "function_differs: function fiscal says of `5` first `5`, then `1`, `2`, `3`, `4`, `5`, 2 "
        "more: it has to answer from the key alone");
}

TEST_CASE("a function that fails is a fault of its own") {
  FakeFunctions functions(same);
  functions.poison = "3";
  CHECK(fault_of(functions, false) == "function_failed: ask function fiscal: it is poisoned");
}

TEST_CASE("beyond its limit a check asks about as many keys as that, and those they relate to") {
  std::set<std::string> asked;
  const Function counted = [&](const std::string& key) {
    asked.insert(key);
    return Keys{key};
  };
  CHECK(fault_of({counted, same}, true, 10'000, 100).empty());
  CHECK(asked.size() == 100);
  CHECK(asked.contains("0"));
  CHECK(asked.contains("9999"));
  // The inverse of a sampled key is asked about where the forward side leads, sampled or not.
  const Function far = [](const std::string& key) {
    return Keys{std::to_string((std::stoi(key) + 50) % 10'000)};
  };
  CHECK(fault_of({far, same}, true, 10'000, 100).find("function_disagrees") == 0);
}

}  // namespace partita
