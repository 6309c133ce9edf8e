#include "service/keys_of_then.hpp"

#include <doctest/doctest.h>

using namespace partita;

namespace {

PartitionsDefinition alone() {
  return {{{"", DynamicDimension{"s"}}}};
}

PartitionsDefinition product() {
  return {{{"customer", DynamicDimension{"s"}}, {"region", StaticDimension{{"a", "b"}}}}};
}

std::string now(std::string identity, const PartitionsDefinition& definition,
                const std::vector<KeyRename>& renames) {
  return identity_of_now(std::move(identity), definition, renames).value_or("gone");
}

}  // namespace

TEST_CASE("a partition is called what its key was renamed to, one after the other") {
  const std::vector<KeyRename> renames{{"s", "a", "t"}, {"s", "t", "n"}, {"s", "c", "a"}};
  CHECK(now("a", alone(), renames) == "n");
  CHECK(now("b", alone(), renames) == "b");
  CHECK(now("c", alone(), renames) == "a");
  CHECK(now("a|a", product(), renames) == "n|a");
  CHECK(now("b|a", product(), renames) == "b|a");
}

TEST_CASE("another set's renames change nothing") {
  CHECK(now("a", alone(), {{"other", "a", "n"}}) == "a");
}

TEST_CASE("a partition whose key had gone before another got its name is no more") {
  const std::vector<KeyRename> renames{{"s", "c", "b"}, {"s", "b", "d"}};
  CHECK(now("b", alone(), renames) == "gone");
  CHECK(now("c", alone(), renames) == "d");
  CHECK(now("b|b", product(), renames) == "gone");
  CHECK(now("a|b", product(), renames) == "a|b");
}
