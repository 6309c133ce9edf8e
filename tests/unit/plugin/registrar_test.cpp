// The host's side of the ABI, against tables that no facade would fill in.
#include "plugin/registrar.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <vector>

using namespace partita;

namespace {

partita_str str(std::string_view text) {
  return {text.data(), text.size()};
}

partita_status run_nothing(void*, const partita_run*) {
  return PARTITA_OK;
}

partita_asset asset_table(std::string_view key) {
  partita_asset table{};
  table.size = sizeof table;
  table.key = str(key);
  table.run = run_nothing;
  return table;
}

partita_status add(Registrar& registrar, const partita_asset* table) {
  return registrar.table().add_asset(registrar.table().ctx, table);
}

// The one refusal there is.
std::string refusal_of(const partita_asset& table) {
  Registrar registrar("shop");
  CHECK(add(registrar, &table) == PARTITA_INVALID);
  CHECK(registrar.declarations().assets.empty());
  REQUIRE(registrar.declarations().refused.size() == 1);
  const RefusedDeclaration& refused = registrar.declarations().refused[0];
  return refused.what + ": " + refused.reason;
}

}  // namespace

TEST_CASE("an asset is copied: the plugin's memory may go") {
  Registrar registrar("shop");
  {
    std::string key = "orders";
    const partita_asset table = asset_table(key);
    CHECK(add(registrar, &table) == PARTITA_OK);
    key.assign(key.size(), 'x');
  }
  const PluginDeclarations& declarations = registrar.declarations();
  REQUIRE(declarations.assets.size() == 1);
  CHECK(declarations.assets[0].key == "orders");
  CHECK(declarations.assets[0].plugin == "shop");
  CHECK(declarations.assets[0].group == "default");
  CHECK(registrar.asset("orders") != nullptr);
  CHECK(registrar.asset("returns") == nullptr);
}

TEST_CASE("a table of an older minor version is read as far as it goes") {
  Registrar registrar("shop");
  partita_asset table = asset_table("orders");
  table.dimension_count = 77;  // beyond what this version says it has
  table.size = offsetof(partita_asset, dimensions);
  CHECK(add(registrar, &table) == PARTITA_INVALID);  // its run() is beyond, too
  CHECK(registrar.declarations().refused.at(0).reason == "run is null");
}

TEST_CASE("how an asset is run is copied; a table of minor 0 says nothing of it") {
  partita_retry_policy retry{sizeof retry, 3, 1.5, PARTITA_BACKOFF_LINEAR, PARTITA_JITTER_FULL};
  partita_asset table = asset_table("orders");
  table.flags = PARTITA_ASSET_EXCLUSIVE;
  table.retry = &retry;
  table.time_limit_seconds = 60;
  table.memory_limit_bytes = 1 << 20;
  table.priority = 5;
  table.isolation = PARTITA_ISOLATION_PARTITION;
  table.batch_size = PARTITA_BATCH_ALL;
  RunPolicy want;
  SUBCASE("this version") {
    want.exclusive = true;
    want.retry = {3, 1.5, RetryPolicy::Backoff::linear, RetryPolicy::Jitter::full};
    want.time_limit = 60;
    want.memory_limit = 1 << 20;
    want.priority = 5;
    want.isolation = RunPolicy::Isolation::partition;
    want.batch = RunPolicy::kWholeRange;
  }
  SUBCASE("minor 0") {
    table.flags = 0;
    table.size = offsetof(partita_asset, retry);
  }
  Registrar registrar("shop");
  REQUIRE(add(registrar, &table) == PARTITA_OK);
  CHECK((registrar.declarations().assets.at(0).policy == want));
}

TEST_CASE("an external asset has no function, and is one nevertheless") {
  partita_asset table = asset_table("orders");
  table.flags = PARTITA_ASSET_EXTERNAL;
  CHECK(refusal_of(table) == "asset `orders`: it is external, and run is not null");
  table.run = nullptr;
  Registrar registrar("shop");
  CHECK(add(registrar, &table) == PARTITA_OK);
  CHECK(registrar.declarations().assets.at(0).policy.external);
}

TEST_CASE("a table of a newer minor version is read as far as this host knows it") {
  struct Newer {
    partita_asset known;
    std::uint64_t more[8];
  } newer{asset_table("orders"), {1, 2, 3, 4, 5, 6, 7, 8}};
  newer.known.size = sizeof newer;
  Registrar registrar("shop");
  CHECK(add(registrar, &newer.known) == PARTITA_OK);
}

TEST_CASE("tables that no version can have are refused") {
  Registrar registrar("shop");
  CHECK(add(registrar, nullptr) == PARTITA_INVALID);
  partita_asset table = asset_table("orders");
  for (const std::uint32_t size : {0U, 7U, 4097U, 0xffffffffU}) {
    table.size = size;
    CHECK(add(registrar, &table) == PARTITA_INVALID);
  }
  CHECK(registrar.declarations().refused.size() == 5);
  CHECK(registrar.declarations().refused[1].reason == "partita_asset.size is 0, want 8 to 4096");
}

TEST_CASE("each field that is wrong is named") {
  partita_asset table = asset_table("orders");
  SUBCASE("no function") {
    table.run = nullptr;
    CHECK(refusal_of(table) == "asset `orders`: run is null");
  }
  SUBCASE("a time that is none") {
    table.time_limit_seconds = std::numeric_limits<double>::quiet_NaN();
    CHECK(refusal_of(table) == "asset `orders`: time_limit is nan s, want 0 to 1000000000");
  }
  SUBCASE("a backoff that is unknown") {
    partita_retry_policy retry{sizeof retry, 1, 0, 9, 0};
    table.retry = &retry;
    CHECK(refusal_of(table) == "asset `orders`: retry: backoff 9 is unknown");
  }
  SUBCASE("an isolation that is not for an asset to ask") {
    table.isolation = 3;
    CHECK(refusal_of(table) == "asset `orders`: isolation 3 is unknown");
  }
  SUBCASE("a text that is not there") {
    table.description = {nullptr, 3};
    CHECK(refusal_of(table) == "asset `orders`: description is null");
  }
  SUBCASE("a text that is too long") {
    table.description = {"x", std::numeric_limits<std::size_t>::max()};
    CHECK(refusal_of(table) ==
          "asset `orders`: description has 18446744073709551615 bytes, at most 65536 are allowed");
  }
  SUBCASE("a text that is not UTF-8") {
    table.description = str("\xc3");
    CHECK(refusal_of(table) == "asset `orders`: description is not UTF-8");
  }
  SUBCASE("a group") {
    table.group = str("a b");
    CHECK(refusal_of(table).starts_with("asset `orders`: group: name `a b`: only letters"));
  }
  SUBCASE("a list that is not there") {
    table.dep_count = 1;
    CHECK(refusal_of(table) == "asset `orders`: deps is null");
  }
  SUBCASE("a list that is too long") {
    const partita_dimension* none = nullptr;
    table.dimensions = &none;
    table.dimension_count = 65;
    CHECK(refusal_of(table) ==
          "asset `orders`: partitions: dimensions: 65 are given, at most 64 are allowed");
  }
  SUBCASE("a null element") {
    const partita_dep* none = nullptr;
    table.deps = &none;
    table.dep_count = 1;
    CHECK(refusal_of(table) == "asset `orders`: dependency is null");
  }
  SUBCASE("a kind of dimension") {
    partita_dimension dimension{};
    dimension.size = sizeof dimension;
    dimension.kind = 9;
    const partita_dimension* list = &dimension;
    table.dimensions = &list;
    table.dimension_count = 1;
    CHECK(refusal_of(table) == "asset `orders`: partitions: dimension kind 9 is unknown");
  }
}

TEST_CASE("a bad start is refused with its value") {
  partita_dimension dimension{};
  dimension.size = sizeof dimension;
  dimension.kind = PARTITA_DIMENSION_TIME;
  dimension.cadence = PARTITA_DAILY;
  dimension.start = str("2024-13-01");
  const partita_dimension* list = &dimension;
  partita_asset table = asset_table("orders");
  table.dimensions = &list;
  table.dimension_count = 1;
  CHECK(refusal_of(table).find("2024-13-01") != std::string::npos);
}

TEST_CASE("a dependency is copied with its mapping, and a mapping in a circle is refused") {
  partita_mapping mapping{};
  mapping.size = sizeof mapping;
  mapping.kind = PARTITA_MAP_TIME_WINDOW;
  mapping.start_offset = -1;
  partita_dep dep{};
  dep.size = sizeof dep;
  dep.asset = str("prices");
  dep.mapping = &mapping;
  const partita_dep* deps = &dep;
  partita_asset table = asset_table("orders");
  table.deps = &deps;
  table.dep_count = 1;
  SUBCASE("copied") {
    Registrar registrar("shop");
    REQUIRE(add(registrar, &table) == PARTITA_OK);
    const Dependency& copied = registrar.declarations().assets[0].deps.at(0);
    CHECK(copied.asset == "prices");
    CHECK(copied.mapping.kind == MappingSpec::Kind::time_window);
    CHECK(copied.mapping.start_offset == -1);
  }
  SUBCASE("as the latest window") {
    mapping.kind = PARTITA_MAP_TIME_WINDOW_LATEST;
    Registrar registrar("shop");
    REQUIRE(add(registrar, &table) == PARTITA_OK);
    CHECK(registrar.declarations().assets[0].deps.at(0).mapping.kind ==
          MappingSpec::Kind::time_window_latest);
  }
  SUBCASE("in a circle") {
    mapping.kind = PARTITA_MAP_MULTI_TO_SINGLE;
    mapping.inner = &mapping;
    CHECK(refusal_of(table) ==
          "asset `orders`: dependency on prices: mapping is nested more than 8 deep");
  }
  SUBCASE("of an unknown kind") {
    mapping.kind = 99;
    CHECK(refusal_of(table) == "asset `orders`: dependency on prices: mapping kind 99 is unknown");
  }
}

TEST_CASE("what a plugin keeps for an asset is dropped once, and not that of a refused one") {
  int drops = 0;
  const auto count = [](void* user) { ++*static_cast<int*>(user); };
  partita_asset table = asset_table("orders");
  table.user = &drops;
  table.drop = count;
  Registrar registrar("shop");
  CHECK(add(registrar, &table) == PARTITA_OK);
  CHECK(add(registrar, &table) == PARTITA_INVALID);
  registrar.drop_all();
  registrar.drop_all();
  CHECK(drops == 1);
}

TEST_CASE("checks are taken by asset and name") {
  Registrar registrar("shop");
  partita_check table{};
  table.size = sizeof table;
  table.flags = PARTITA_CHECK_BLOCKING;
  table.severity = PARTITA_SEVERITY_WARNING;
  table.name = str("not_empty");
  table.asset = str("orders");
  table.run = run_nothing;
  const partita_registrar& host = registrar.table();
  CHECK(host.add_check(host.ctx, &table) == PARTITA_OK);
  CHECK(host.add_check(host.ctx, &table) == PARTITA_INVALID);
  REQUIRE(registrar.declarations().checks.size() == 1);
  CHECK(registrar.declarations().checks[0].blocking);
  CHECK(registrar.declarations().checks[0].severity == CheckDef::Severity::warning);
  CHECK(registrar.declarations().refused.at(0).reason == "it is declared twice on orders");
  CHECK(registrar.check("orders", "not_empty") != nullptr);
}

namespace {

// An asset with a mapping by a function, which counts its drops.
struct MappedAsset {
  MappedAsset() {
    mapping.size = sizeof mapping;
    mapping.kind = PARTITA_MAP_FUNCTION;
    mapping.name = str("fiscal");
    mapping.user = this;
    mapping.upstream_of = answer;
    mapping.drop = [](void* user) { ++static_cast<MappedAsset*>(user)->drops; };
    dep.size = sizeof dep;
    dep.asset = str("prices");
    dep.mapping = &mapping;
    table.deps = &deps;
    table.dep_count = 1;
  }

  static partita_status answer(void* user, const partita_mapping_key* const* keys,
                               std::size_t count, const partita_key_sink* sink) {
    return static_cast<MappedAsset*>(user)->on_call(keys, count, *sink);
  }

  std::function<partita_status(const partita_mapping_key* const*, std::size_t,
                               const partita_key_sink&)>
      on_call;
  int drops = 0;
  partita_mapping mapping{};
  partita_dep dep{};
  const partita_dep* deps = &dep;
  partita_asset table = asset_table("orders");
};

KeyBatch two_days() {
  return {{"day", "region"},
          {{"2024-01-01", Window{10, 20}}, {"eu", {}}, {"2024-01-02", Window{20, 30}}, {"us", {}}},
          2};
}

// What a function says of two days, or why it is refused.
Result<RelatedKeys> answers_of(MappedAsset& asset) {
  Registrar registrar("shop");
  REQUIRE(add(registrar, &asset.table) == PARTITA_OK);
  const auto functions = registrar.mapping_functions("orders", "prices");
  REQUIRE(functions.size() == 1);
  return call_mapping_function(functions[0], MappingSide::upstream, two_days());
}

}  // namespace

TEST_CASE("a mapping by a function is declared by name, and kept until it is dropped, once") {
  MappedAsset asset;
  Registrar registrar("shop");
  REQUIRE(add(registrar, &asset.table) == PARTITA_OK);
  const MappingSpec& spec = registrar.declarations().assets[0].deps.at(0).mapping;
  CHECK(spec.describe() == "function fiscal");
  CHECK(spec.function == 0);
  CHECK_FALSE(spec.has_inverse);
  CHECK(registrar.mapping_functions("orders", "costs").empty());
  CHECK(registrar.mapping_functions("returns", "prices").empty());
  CHECK(add(registrar, &asset.table) == PARTITA_INVALID);
  registrar.drop_all();
  registrar.drop_all();
  CHECK(asset.drops == 1);
}

TEST_CASE("functions inside of other mappings are told apart by their number") {
  MappedAsset asset;
  partita_dimension_mapping parts[2]{};
  const partita_dimension_mapping* list[] = {&parts[0], &parts[1]};
  for (auto& part : parts) {
    part.size = sizeof part;
    part.mapping = &asset.mapping;
  }
  partita_mapping multi{};
  multi.size = sizeof multi;
  multi.kind = PARTITA_MAP_MULTI;
  multi.parts = list;
  multi.part_count = 2;
  asset.dep.mapping = &multi;
  Registrar registrar("shop");
  REQUIRE(add(registrar, &asset.table) == PARTITA_OK);
  const MappingSpec& spec = registrar.declarations().assets[0].deps.at(0).mapping;
  REQUIRE(spec.parts.size() == 2);
  CHECK(spec.parts[1].mapping->function == 1);
  CHECK(registrar.mapping_functions("orders", "prices").size() == 2);
}

TEST_CASE("a mapping by a function needs a name and the function") {
  MappedAsset asset;
  SUBCASE("a name") {
    asset.mapping.name = str("two words");
    CHECK(refusal_of(asset.table).find("mapping name: ") != std::string::npos);
  }
  SUBCASE("the function") {
    asset.mapping.upstream_of = nullptr;
    CHECK(refusal_of(asset.table) ==
          "asset `orders`: dependency on prices: mapping upstream_of is null");
  }
}

TEST_CASE("a mapping's function is given keys with their dimensions and windows") {
  MappedAsset asset;
  asset.on_call = [](const partita_mapping_key* const* keys, std::size_t count,
                     const partita_key_sink& sink) {
    REQUIRE(count == 2);
    CHECK(std::string_view(keys[1]->key.ptr, keys[1]->key.len) == "2024-01-02|us");
    REQUIRE(keys[1]->dimension_count == 2);
    const partita_dimension_key& day = *keys[1]->dimensions[0];
    CHECK(day.flags == PARTITA_KEY_HAS_WINDOW);
    CHECK(day.start == 20);
    CHECK(keys[1]->dimensions[1]->flags == 0);
    const partita_str first[] = {str("a"), str("b")};
    const partita_str second = str("c");
    CHECK(sink.add(sink.ctx, 1, first, 2) == PARTITA_OK);
    return sink.add(sink.ctx, 1, &second, 1);
  };
  const auto answers = answers_of(asset);
  REQUIRE(answers);
  CHECK((*answers == RelatedKeys{{}, {"a", "b", "c"}}));
}

TEST_CASE("what a mapping's function must not answer is refused, whatever its status says") {
  MappedAsset asset;
  std::string why;
  SUBCASE("a position that is none") {
    asset.on_call = [](auto, std::size_t, const partita_key_sink& sink) {
      CHECK(sink.add(sink.ctx, 2, nullptr, 0) == PARTITA_INVALID);
      return PARTITA_OK;
    };
    why = "it answers for position 2 of a batch of 2";
  }
  SUBCASE("a key that is not UTF-8") {
    asset.on_call = [](auto, std::size_t, const partita_key_sink& sink) {
      const partita_str key = str("\xff");
      CHECK(sink.add(sink.ctx, 0, &key, 1) == PARTITA_INVALID);
      return PARTITA_OK;
    };
    why = "a key it answers is not UTF-8";
  }
  SUBCASE("a failure with its reason") {
    asset.on_call = [](auto, std::size_t, const partita_key_sink& sink) {
      sink.fail(sink.ctx, str("no table"));
      return PARTITA_FAILED;
    };
    why = "no table";
  }
  SUBCASE("a failure without one") {
    asset.on_call = [](auto, std::size_t, const partita_key_sink&) { return PARTITA_UNSUPPORTED; };
    why = "returned status 6";
  }
  CHECK(answers_of(asset).error().message == why);
}
