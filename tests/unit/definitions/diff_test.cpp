#include "definitions/diff.hpp"

#include <doctest/doctest.h>

namespace partita {
namespace {

Catalog with_mapping(MappingSpec mapping) {
  AssetDef asset;
  asset.key = "report";
  asset.deps.push_back({"orders", std::move(mapping)});
  Catalog catalog;
  catalog.assets.push_back(std::move(asset));
  return catalog;
}

std::string change_of(const MappingSpec& before, const MappingSpec& after) {
  const CatalogDiff changes = diff(with_mapping(before), with_mapping(after));
  REQUIRE(changes.changed.size() == 1);
  REQUIRE(changes.changed[0].what.size() == 1);
  return changes.changed[0].what[0];
}

}  // namespace

TEST_CASE(
    "a mapping that changes is shown as it was and as it is, where the two read differently") {
  MappingSpec all;
  all.kind = MappingSpec::Kind::all;
  MappingSpec function;
  function.kind = MappingSpec::Kind::function;
  function.name = "fiscal";
  MappingSpec with_inverse = function;
  with_inverse.has_inverse = true;
  CHECK(change_of(all, function) == "mapping of orders: all -> function fiscal");
  CHECK(change_of(function, with_inverse) == "mapping of orders: another function fiscal");
}

TEST_CASE("how an asset is run is compared fact by fact") {
  Catalog before = with_mapping({});
  Catalog after = before;
  before.assets[0].policy.time_limit = 30;
  before.assets[0].policy.exclusive = true;
  after.assets[0].policy.time_limit = 60;
  after.assets[0].policy.memory_limit = 512LL << 20;
  CHECK(diff(before, after).changed.at(0).what ==
        std::vector<std::string>{"time limit 30 s -> 1 min 00 s", "memory limit none -> 512 MiB",
                                 "exclusive one partition at a time -> none"});
}

}  // namespace partita
