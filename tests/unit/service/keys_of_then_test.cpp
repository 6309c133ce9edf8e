#include "service/keys_of_then.hpp"

#include <doctest/doctest.h>

using namespace partita;

namespace {

PartitionsDefinition product() {
  const auto definition =
      validated({{{"customer", DynamicDimension{"s"}}, {"region", StaticDimension{{"a", "b"}}}}});
  REQUIRE(definition);
  return *definition;
}

Result<PartitionSet> now(std::string_view text, const PartitionsDefinition& definition,
                         std::vector<std::string> keys, std::vector<KeyRename> renames) {
  auto expr = parse_partitions(text);
  REQUIRE(expr);
  auto renamed = with_keys_of_now(*expr, definition, renames);
  if (!renamed) return std::move(renamed).error();
  const auto list = std::make_shared<const std::vector<std::string>>(std::move(keys));
  const SpaceContext context{0, [&](std::string_view) -> Result<DynamicKeys> { return list; }};
  const auto space = make_space(definition, context);
  REQUIRE(space);
  return evaluate(**renamed, **space, {});
}

std::string text_of(const PartitionSet& set) {
  std::string text;
  set.for_each([&](Index index) {
    text += std::to_string(index) + " ";
    return true;
  });
  return text;
}

}  // namespace

TEST_CASE("keys that were renamed are found in lists, ranges, products and what excludes them") {
  const PartitionsDefinition alone{{{"", DynamicDimension{"s"}}}};
  const std::vector<std::string> keys{"n", "b", "m"};
  const std::vector<KeyRename> renames{{"s", "a", "t"}, {"s", "t", "n"}, {"s", "c", "m"}};
  const auto of = [&](std::string_view text) { return text_of(*now(text, alone, keys, renames)); };
  CHECK(of("a") == "0 ");
  CHECK(of("{a,c}") == "0 2 ");
  CHECK(of("a..c") == "0 1 2 ");
  CHECK(of("..b") == "0 1 ");
  CHECK(of("all and not a") == "1 2 ");
  const auto in_product = [&](std::string_view text) {
    return text_of(*now(text, product(), keys, renames));
  };
  CHECK(in_product("a|a") == "0 ");
  CHECK(in_product("customer=a") == "0 1 ");
  CHECK(in_product("customer=c,region=a") == "4 ");
  CHECK(in_product("region=a") == "0 2 4 ");
  CHECK(in_product("(a|b or customer={b,c},region=b)") == "1 3 5 ");
}

TEST_CASE("another set's renames change nothing") {
  const PartitionsDefinition alone{{{"", DynamicDimension{"s"}}}};
  CHECK(text_of(*now("a", alone, {"a"}, {{"other", "a", "n"}})) == "0 ");
}

TEST_CASE("a key that has gone, and whose name another has now, is an error") {
  const PartitionsDefinition alone{{{"", DynamicDimension{"s"}}}};
  const auto gone = now("{a,b}", alone, {"a", "b"}, {{"s", "c", "b"}});
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == ErrorCode::not_found);
  CHECK(gone.error().message.find("key `b` of dynamic set `s` is another now") !=
        std::string::npos);
}
