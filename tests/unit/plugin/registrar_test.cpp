// The host's side of the ABI, against tables that no facade would fill in.
#include "plugin/registrar.hpp"

#include <doctest/doctest.h>

#include <cstring>
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
