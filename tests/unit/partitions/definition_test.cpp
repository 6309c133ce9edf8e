#include "partitions/definition.hpp"

#include <doctest/doctest.h>

#include <functional>

namespace partita {
namespace {

TimeDimension monthly() {
  TimeDimension time;
  time.cadence = Cadence::monthly;
  time.start = "2024-01-01";
  return time;
}

PartitionsDefinition of(std::vector<Dimension> dimensions) {
  return {std::move(dimensions)};
}

PartitionsDefinition everything() {
  TimeDimension time = monthly();
  time.minute_offset = 15;
  time.hour_offset = 3;
  time.day_offset = 12;
  time.end_offset = -1;
  time.end = "2025-01-01";
  time.timezone = "Europe/Berlin";
  time.format = "%Y-%m";
  time.exclusions = {"2024-03", "0 0 1 5 *"};
  return of({{"month", time},
             {"region", StaticDimension{{"us", "eu"}}},
             {"who", DynamicDimension{"customers"}}});
}

std::string refusal(PartitionsDefinition definition) {
  const auto result = validated(std::move(definition));
  return result ? "" : result.error().message;
}

TEST_CASE("definitions describe themselves") {
  CHECK(PartitionsDefinition{}.describe() == "not partitioned");
  CHECK(of({{"", monthly()}}).describe() == "monthly from 2024-01-01");
  CHECK(of({{"", StaticDimension{{"a", "b", "c", "d"}}}}).describe() == "4 static keys");
  CHECK(of({{"", DynamicDimension{"customers"}}}).describe() == "dynamic set customers");
  CHECK(everything().describe() == "month x region x who");
  TimeDimension cron = monthly();
  cron.cadence = Cadence::cron;
  cron.cron = "0 0 1 */3 *";
  cron.end = "2025-01-01";
  cron.timezone = "Europe/Berlin";
  CHECK(of({{"", cron}}).describe() ==
        "cron `0 0 1 */3 *` from 2024-01-01 to 2025-01-01 in Europe/Berlin");
}

TEST_CASE("definitions have a kind") {
  CHECK(PartitionsDefinition{}.kind().empty());
  CHECK(of({{"", monthly()}}).kind() == "monthly");
  CHECK(of({{"", StaticDimension{}}}).kind() == "static");
  CHECK(of({{"", DynamicDimension{"x"}}}).kind() == "dynamic");
  CHECK(everything().kind() == "product");
}

TEST_CASE("what is written is read back equal") {
  for (const PartitionsDefinition& definition :
       {PartitionsDefinition{}, of({{"", monthly()}}),
        of({{"", StaticDimension{{"\xc3\xa9", "a\"b"}}}}),
        of({{"", DynamicDimension{"customers"}}}), everything()}) {
    const auto read = partitions_from_json(Json::parse(to_json(definition).dump()).value());
    REQUIRE(read);
    CHECK(*read == definition);
  }
}

TEST_CASE("what is no definition is not read") {
  for (const char* text : {"{}", "[]", "{\"dimensions\": [{\"kind\": \"fortnightly\"}]}"}) {
    CHECK_FALSE(partitions_from_json(Json::parse(text).value()));
  }
}

TEST_CASE("dimensions are sorted by name") {
  const auto sorted = validated(of({{"b", StaticDimension{{"x"}}}, {"a", StaticDimension{{"y"}}}}));
  REQUIRE(sorted);
  CHECK(sorted->dimensions[0].name == "a");
}

TEST_CASE("definitions that can be spaces are taken as they are") {
  CHECK(refusal({}).empty());
  CHECK(refusal(everything()).empty());
  CHECK(refusal(of({{"", StaticDimension{}}})).empty());
  CHECK(refusal(of({{"", StaticDimension{{"a|b", "a[b]", "foo bar"}}}})).empty());
}

TEST_CASE("what can never be a space is refused, naming the value") {
  const StaticDimension x{{"x"}};
  CHECK(refusal(of({{"", StaticDimension{{"a", "a"}}}})) ==
        "refuse partition key `a`: it is listed twice");
  CHECK(refusal(of({{"a", x}, {"a", x}})) == "refuse dimension `a`: there are two of that name");
  CHECK(refusal(of({{"a", x}})) == "refuse dimension `a`: a product has at least two");
  CHECK(refusal(of({{"", x}, {"b", x}})).starts_with("refuse dimension name ``"));
  CHECK(refusal(of({{"a", StaticDimension{{"a,b"}}}, {"b", x}})) ==
        "dimension a: refuse partition key `a,b`: `,` is not allowed in a dimension of a product");
  CHECK(refusal(of({{"", DynamicDimension{}}})) ==
        "refuse a dynamic dimension without the name of a set");
}

TEST_CASE("a time dimension is refused for what it declares") {
  const auto refused = [](const std::function<void(TimeDimension&)>& change) {
    TimeDimension time = monthly();
    change(time);
    return refusal(of({{"", time}}));
  };
  CHECK(refused([](auto& time) { time.start = "soon"; }) ==
        "read start `soon`: want a date, as 2024-01-31 or 2024-01-31T06:00");
  CHECK(refused([](auto& time) { time.end = "2023-01-01"; }) ==
        "refuse end `2023-01-01`: it is before the start `2024-01-01`");
  CHECK(refused([](auto& time) { time.timezone = "Mars/Olympus"; }) ==
        "find no time zone `Mars/Olympus`");
  CHECK(refused([](auto& time) {
          time.day_offset = 32;
        }).starts_with("refuse cron schedule `0 0 32 * *`"));
  CHECK(refused([](auto& time) { time.format = "%Y"; }).starts_with("refuse format `%Y`"));
  CHECK(refused([](auto& time) { time.format = "%Y...%m"; }).starts_with("refuse partition key"));
}

TEST_CASE("a format in a product must not print what joins its keys") {
  TimeDimension time = monthly();
  time.format = "%Y, %m";
  CHECK(refusal(of({{"", time}})).empty());
  CHECK_FALSE(refusal(of({{"a", time}, {"b", StaticDimension{{"x"}}}})).empty());
}

}  // namespace
}  // namespace partita
