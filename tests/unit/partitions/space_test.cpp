#include "partitions/space.hpp"

#include <doctest/doctest.h>

#include "partitions/time_space.hpp"

namespace partita {
namespace {

const Instant kNow = parse_instant("2024-01-04").value();

Dimension listed(std::string name, std::vector<std::string> keys) {
  return {std::move(name), StaticDimension{std::move(keys)}};
}

Dimension daily(std::string name) {
  TimeDimension time;
  time.start = "2024-01-01";
  return {std::move(name), time};
}

SpacePtr space(std::vector<Dimension> dimensions) {
  const auto definition = validated({std::move(dimensions)});
  REQUIRE(definition);
  const auto made = make_space(*definition, {kNow, {}});
  REQUIRE(made);
  return *made;
}

SpacePtr date_by_region() {
  return space({listed("region", {"us", "eu"}), daily("date")});
}

TEST_CASE("the unpartitioned space has one partition without a key") {
  const PartitionSpace none;
  CHECK(none.size() == 1);
  CHECK(none.key_at(0).empty());
  CHECK(none.index_of("") == 0);
  CHECK(none.identity_at(0).empty());
  CHECK(none.index_of_identity("") == 0);
  CHECK_FALSE(none.find("x"));
}

TEST_CASE("static keys keep their order") {
  const auto colours = space({listed("", {"red", "yellow", "blue"})});
  CHECK(colours->size() == 3);
  CHECK(colours->key_at(1) == "yellow");
  CHECK(colours->index_of("blue") == 2);
  CHECK_FALSE(colours->index_of("Blue"));
  CHECK_FALSE(colours->index_of(""));
  CHECK(space({listed("", {})})->size() == 0);
}

TEST_CASE("a product's dimensions are sorted by name, the first slowest") {
  const auto product = date_by_region();
  CHECK(product->shape() == std::vector<Index>{3, 2});
  CHECK(product->key_at(0) == "2024-01-01|us");
  CHECK(product->key_at(1) == "2024-01-01|eu");
  CHECK(product->key_at(5) == "2024-01-03|eu");
  for (Index i = 0; i < product->size(); ++i) {
    CHECK(product->index_of(product->key_at(i)) == i);
    CHECK(product->index_of_identity(product->identity_at(i)) == i);
    CHECK(product->index_at(product->coordinates(i)) == i);
  }
}

TEST_CASE("a product's key is also taken by name, in any order") {
  const auto product = date_by_region();
  CHECK(product->index_of("region=eu,date=2024-01-02") == 3);
  CHECK(product->index_of("date=2024-01-02,region=eu") == 3);
  CHECK(product->index_of("date=2024-01-02, region=eu") == 3);
  for (const char* key : {"region=eu", "region=eu,region=us", "region=eu,dat=2024-01-02", "eu",
                          "2024-01-02|eu|x", "2024-01-02", "", "=,=", "region,date"}) {
    CAPTURE(key);
    CHECK_FALSE(product->index_of(key));
    CHECK_FALSE(product->find(key));
  }
}

TEST_CASE("keys with an equals sign are taken by position and by name") {
  const auto product = space({listed("a", {"x=1", "a=x=1"}), listed("b", {"y"})});
  CHECK(product->index_of("a=x=1|y") == 1);
  CHECK(product->index_of("a=x=1,b=y") == 0);
  CHECK(product->index_of("a=a=x=1,b=y") == 1);
}

TEST_CASE("any number of dimensions, some of them time") {
  const auto product = space({daily("from"), daily("to"), listed("x", {"a", "b"})});
  CHECK(product->size() == 18);
  CHECK(product->key_at(17) == "2024-01-03|2024-01-03|b");
  CHECK_FALSE(product->window_at(0));
  CHECK(product->window_at(17, "to")->start == parse_instant("2024-01-03").value());
  CHECK(product->window_at(17, "from")->start == parse_instant("2024-01-03").value());
  CHECK_FALSE(product->window_at(0, "x"));
  CHECK_FALSE(product->window_at(0, "y"));
}

TEST_CASE("an empty dimension empties the product") {
  const auto product = space({listed("a", {}), daily("date")});
  CHECK(product->size() == 0);
  CHECK(product->shape() == std::vector<Index>{0, 3});
  CHECK_FALSE(product->index_of("x|2024-01-01"));
}

TEST_CASE("an error says which part is wrong and what was near") {
  const auto product = date_by_region();
  CHECK(product->find("2024-01-04|us").error().message ==
        "dimension date: find no partition `2024-01-04`: it does not exist yet, its window ends "
        "2024-01-05T00:00:00Z");
  CHECK(product->find("region=eu,date=2023-12-31").error().message ==
        "dimension date: find no partition `2023-12-31`: the first is `2024-01-01`");
  CHECK(product->find("2024-01-01").error().message ==
        "find no partition `2024-01-01`: want one key for each of date|region");
  const auto error = space({listed("", {"Japan", "Brazil"})})->find("Japn").error();
  CHECK(error.code == ErrorCode::not_found);
  CHECK(error.message == "find no partition `Japn`");
  CHECK(error.hint.find("Japan") != std::string::npos);
}

TEST_CASE("a dynamic space has the keys of its set, none before the first is added") {
  const auto definition = validated({{Dimension{"", DynamicDimension{"customers"}}}});
  std::string asked;
  DynamicKeys keys;
  const SpaceContext context{0, [&](std::string_view set) {
                               asked = set;
                               return Result<DynamicKeys>(keys);
                             }};
  CHECK((*make_space(*definition, context))->size() == 0);
  keys = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"b", "a"});
  const SpacePtr both = *make_space(*definition, context);
  CHECK(asked == "customers");
  CHECK(both->key_at(0) == "b");
  CHECK(both->index_of("a") == 1);
  CHECK(both->find("c").error().message == "find no partition `c`");
  const SpaceContext failing{
      0, [](std::string_view) { return Result<DynamicKeys>(io_error("no disk")); }};
  CHECK(make_space(*definition, failing).error().message == "read dynamic set customers: no disk");
}

TEST_CASE("a million dynamic keys are found") {
  std::vector<std::string> many;
  for (int i = 0; i < 1'000'000; ++i) many.push_back("customer-" + std::to_string(i));
  auto keys = std::make_shared<const std::vector<std::string>>(std::move(many));
  const SpacePtr customers =
      *make_space({{Dimension{"", DynamicDimension{"customers"}}}},
                  {0, [&](std::string_view) { return Result<DynamicKeys>(keys); }});
  for (Index i = 0; i < customers->size(); i += 9973) {
    REQUIRE(customers->index_of(customers->key_at(i)) == i);
  }
  CHECK_FALSE(customers->index_of("customer-1000000"));
}

TEST_CASE("a product whose partitions cannot be counted is refused") {
  std::vector<Dimension> dimensions;
  for (char name = 'a'; name < 'f'; ++name) {
    TimeDimension minutes;
    minutes.cadence = Cadence::cron;
    minutes.cron = "* * * * *";
    minutes.start = "1990-01-01";
    dimensions.push_back({std::string(1, name), minutes});
  }
  CHECK_FALSE(make_space({dimensions}, {kNow, {}}));
}

}  // namespace
}  // namespace partita
