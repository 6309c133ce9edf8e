#include "plan/select.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "support/world.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

FakeWorld sales() {
  FakeWorld world;
  const PartitionsDefinition abc = keys({"a", "b", "c"});
  world.asset("sales_raw", abc).asset("sales_clean", abc, {{"sales_raw", {}}});
  world.asset("report", {}, {{"sales_clean", {}}}).asset("other", {});
  return world;
}

// `report sales_clean[a..b]`: named partitions in brackets.
std::string selected(FakeWorld world, const std::string& text) {
  const auto expr = parse_selection(text);
  REQUIRE_MESSAGE(expr, text);
  const Result<Selected> result = select(**expr, world.world());
  if (!result) return "error: " + result.error().message;
  std::string all;
  for (const auto& [key, one] : *result) {
    if (!all.empty()) all += ' ';
    all += key;
    const SpacePtr space = world.space(key);
    if (one.named)
      all += fmt::format("[{}]", space->rank() > 0 ? to_text(one.partitions, *space) : "");
  }
  return all;
}

}  // namespace

TEST_CASE("selections come to the assets and partitions they mean") {
  struct Case {
    const char* text;
    const char* selected;
  };
  for (const Case& one : {Case{"other", "other"},
                          {"*", "other report sales_clean sales_raw"},
                          {"sales_*", "sales_clean sales_raw"},
                          {"sales_* and not sales_raw", "sales_clean"},
                          {"+report", "report sales_clean sales_raw"},
                          {"1+report", "report sales_clean"},
                          {"sales_raw+", "report sales_clean sales_raw"},
                          {"sales_raw+1", "sales_clean sales_raw"},
                          {"sales_raw@a", "sales_raw[a]"},
                          {"sales_*@a..b", "sales_clean[{a,b}] sales_raw[{a,b}]"},
                          {"sales_raw@a or sales_raw@c", "sales_raw[{a,c}]"},
                          {"sales_* and sales_raw@{a,b}", "sales_raw[{a,b}]"},
                          {"+sales_clean@b", "sales_clean[b] sales_raw[b]"},
                          {"sales_raw@c+1", "sales_clean[c] sales_raw[c]"}}) {
    CAPTURE(one.text);
    CHECK(selected(sales(), one.text) == std::string(one.selected));
  }
}

TEST_CASE("a selection by status asks for the statuses") {
  FakeWorld world = sales();
  world.materialized("sales_raw", "{a,b}");
  CHECK(selected(world, "sales_raw@missing") == "sales_raw[c]");
}

TEST_CASE("what does not exist is named") {
  CHECK(selected(sales(), "sale_raw") ==
        "error: find asset `sale_raw`: there is none of that name");
  FakeWorld fake = sales();
  World world = fake.world();
  world.orphaned_assets = [] { return std::vector<std::string>{"old_prices"}; };
  const auto error_of = [&](const char* text) {
    return select(**parse_selection(text), world).error();
  };
  CHECK(error_of("+old_prices@a or report").message ==
        "find asset `old_prices`: no definition has it any more");
  CHECK(error_of("old_price").hint == "did you mean `old_prices`?");
  CHECK(selected(sales(), "group:nothing") == "error: select `group:nothing`: no asset matches");
  CHECK(selected(sales(), "report@a").find("not partitioned") != std::string::npos);
}

TEST_CASE(
    "all the way up or down goes along an asset that reads itself, a number of hops does not") {
  FakeWorld world;
  world.asset("rates", daily("2024-01-01", "2024-01-10"));
  world.asset("balance", daily("2024-01-01", "2024-01-10"),
              {{"rates", {}}, {"balance", window_offset(-1, -1)}});
  world.asset("report", daily("2024-01-01", "2024-01-10"), {{"balance", {}}});
  CHECK(selected(world, "+balance@2024-01-03") ==
        "balance[2024-01-01..2024-01-03] rates[2024-01-01..2024-01-03]");
  CHECK(selected(world, "rates@2024-01-07+") ==
        "balance[2024-01-07..2024-01-09] rates[2024-01-07] report[2024-01-07..2024-01-09]");
  CHECK(selected(world, "1+balance@2024-01-03") == "balance[2024-01-03] rates[2024-01-03]");
}
