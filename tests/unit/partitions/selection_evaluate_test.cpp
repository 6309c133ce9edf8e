#include <doctest/doctest.h>
#include <fmt/format.h>

#include <random>

#include "partitions/selection.hpp"

namespace partita {
namespace {

constexpr Instant kNow = 1'704'844'800;  // 2024-01-10

TimeDimension daily(std::string start) {
  TimeDimension time;
  time.cadence = Cadence::daily;
  time.start = std::move(start);
  return time;
}

SpacePtr space_of(std::vector<Dimension> dimensions) {
  auto definition = validated({std::move(dimensions)});
  REQUIRE(definition);
  auto space = make_space(*definition, {kNow, {}});
  REQUIRE(space);
  return *space;
}

SpacePtr days() {
  return space_of({{"", daily("2024-01-01")}});
}  // nine
SpacePtr fruits() {
  return space_of({{"", StaticDimension{{"apple", "fig", "kiwi", "a b", "latest"}}}});
}
SpacePtr sales() {
  return space_of(
      {{"date", daily("2024-01-05")}, {"region", StaticDimension{{"us", "eu", "asia"}}}});
}

StatusSets statuses_of(const PartitionSpace& space, std::vector<Index> materialized,
                       std::vector<Index> failed, std::vector<Index> stale) {
  const auto set = [&](std::vector<Index> indices) {
    return PartitionSet::of_indices(space.shape(), std::move(indices));
  };
  StatusSets statuses;
  statuses.materialized = set(std::move(materialized));
  statuses.failed = set(std::move(failed));
  statuses.stale = set(std::move(stale));
  return statuses;
}

Result<PartitionSet> evaluated(std::string_view typed, const PartitionSpace& space) {
  const auto expr = parse_partitions(typed);
  REQUIRE_MESSAGE(expr, (expr ? "" : expr.error().message));
  return evaluate(**expr, space, statuses_of(space, {0, 1, 2}, {3}, {2}));
}

struct Case {
  std::string_view typed;
  std::vector<Index> selected;
};

void check(const SpacePtr& space, const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    CAPTURE(each.typed);
    const auto set = evaluated(each.typed, *space);
    REQUIRE_MESSAGE(set, (set ? "" : set.error().message));
    CHECK(*set == PartitionSet::of_indices(space->shape(), each.selected));
  }
}

struct Refused {
  std::string_view typed;
  std::string_view message;
  std::string_view hint;
};

void check_refused(const SpacePtr& space, const std::vector<Refused>& cases) {
  for (const Refused& each : cases) {
    CAPTURE(each.typed);
    const auto set = evaluated(each.typed, *space);
    REQUIRE_FALSE(set);
    CHECK(set.error().message == each.message);
    CHECK(set.error().hint == each.hint);
  }
}

void check_round_trip(const PartitionSpace& space, const PartitionSet& set) {
  const std::string text = to_text(set, space);
  CAPTURE(text);
  const auto back = evaluated(text, space);
  REQUIRE_MESSAGE(back, (back ? "" : back.error().message));
  REQUIRE(*back == set);
  REQUIRE(parse_selection(fmt::format("x@{}", text)));
  const std::string closed = to_closed_text(set, space);
  CAPTURE(closed);
  REQUIRE(*evaluated(closed, space) == set);
}

}  // namespace

TEST_CASE("keys, ranges and latest select windows of time") {
  check(days(), {{"2024-01-03", {2}},
                 {"2024-01-03..2024-01-05", {2, 3, 4}},
                 {"2024-01-08..", {7, 8}},
                 {"..2024-01-02", {0, 1}},
                 {"2024-01-08..latest", {7, 8}},
                 {"latest", {8}},
                 {"latest-7", {1}},
                 {"latest-2..", {6, 7, 8}},
                 {"latest-99..", {0, 1, 2, 3, 4, 5, 6, 7, 8}},
                 {"{2024-01-09,2024-01-01,2024-01-03..2024-01-04}", {0, 2, 3, 8}},
                 {"{}", {}}});
}

TEST_CASE("statuses select what they stand for, and combine") {
  check(days(), {{"all", {0, 1, 2, 3, 4, 5, 6, 7, 8}},
                 {"materialized", {0, 1, 2}},
                 {"missing", {3, 4, 5, 6, 7, 8}},
                 {"failed", {3}},
                 {"stale", {2}},
                 {"missing and not failed", {4, 5, 6, 7, 8}},
                 {"failed or stale", {2, 3}},
                 {"2024-01-02..2024-01-05 and not {2024-01-03}", {1, 3, 4}},
                 {"not (all and not stale)", {2}}});
}

TEST_CASE("static keys keep their order, and a quoted word is a key") {
  check(fruits(), {{"\"a b\"", {3}},
                   {"fig..\"a b\"", {1, 2, 3}},
                   {"latest", {4}},
                   {"\"latest\"", {4}},
                   {"{latest-1,apple}", {0, 3}}});
}

TEST_CASE("a product is selected by key, by dimension and by the box between two keys") {
  // Five days, three regions, the date first.
  check(sales(), {{"2024-01-06|eu", {4}},
                  {"region=asia", {2, 5, 8, 11, 14}},
                  {"date=2024-01-08..,region={us,asia}", {9, 11, 12, 14}},
                  {"region=us,date=latest", {12}},
                  {"latest", {12, 13, 14}},
                  {"latest-1..", {9, 10, 11, 12, 13, 14}},
                  {"date=(not 2024-01-05..2024-01-08)", {12, 13, 14}},
                  {"2024-01-06|us..2024-01-07|eu", {3, 4, 6, 7}},
                  {"{2024-01-05|us,2024-01-09|asia}", {0, 14}},
                  {"region=us and missing", {3, 6, 9, 12}},
                  {"date=all,region=eu", {1, 4, 7, 10, 13}}});
}

TEST_CASE("an unpartitioned asset has all, latest and its statuses") {
  const SpacePtr space = space_of({});
  check(space, {{"all", {0}}, {"latest", {0}}, {"materialized", {0}}, {"missing", {}}});
  CHECK_FALSE(evaluated("2024-01-01", *space));
  CHECK_FALSE(evaluated("2024-01-01..", *space));
  CHECK_FALSE(evaluated("date=2024-01-01", *space));
}

TEST_CASE("a key that does not exist is refused with what is known of it") {
  check_refused(days(), {{"2024-01-10",
                          "find no partition `2024-01-10`: it does not exist yet, its window ends "
                          "2024-01-11T00:00:00Z",
                          ""},
                         {"mising", "find no partition `mising`: want a key like `2024-01-01`",
                          "did you mean `missing`?"},
                         {"latest-9", "find no partition `latest-9` among 9 partitions",
                          "`latest-8..` is all of them"}});
}

TEST_CASE("a reversed range names both of its ends") {
  check_refused(days(), {{"2024-01-05..2024-01-02",
                          "refuse the reversed range `2024-01-05..2024-01-02`: `2024-01-05` comes "
                          "after `2024-01-02`",
                          "did you mean `2024-01-02..2024-01-05`?"}});
  check_refused(sales(), {{"2024-01-05|eu..2024-01-07|us",
                           "refuse the reversed range `2024-01-05|eu..2024-01-07|us`: `eu` comes "
                           "after `us`",
                           ""}});
}

TEST_CASE("dimensions are refused by name") {
  check_refused(sales(),
                {{"regin=us", "find no dimension `regin`", "did you mean `region`?"},
                 {"colour=red", "find no dimension `colour`", "the dimensions are date, region"},
                 {"region=missing", "dimension region: refuse a status of one dimension",
                  "join it to the keys instead: `x@(date=a..b and missing)`"},
                 {"2024-01-06|us..", "refuse a range with one end over several dimensions",
                  "name the dimension: `date=KEY..`"}});
  check_refused(days(),
                {{"date=2024-01-01", "find no dimension `date`: not a product of dimensions",
                  "type the key alone, in quotes if there is a `=` in it"}});
}

TEST_CASE("latest of a product wants exactly one dimension in time") {
  const SpacePtr none = space_of({{"a", StaticDimension{{"x"}}}, {"b", StaticDimension{{"y"}}}});
  const SpacePtr two = space_of({{"a", daily("2024-01-01")}, {"b", daily("2024-01-01")}});
  for (const SpacePtr& space : {none, two}) {
    const auto set = evaluated("latest", *space);
    REQUIRE_FALSE(set);
    CHECK(set.error().hint == "name the dimension: `a=latest`");
  }
}

TEST_CASE("latest of a space without partitions says so") {
  const SpacePtr space = space_of({{"", daily("2024-02-01")}});
  const auto set = evaluated("latest", *space);
  REQUIRE_FALSE(set);
  CHECK(set.error().message == "find no partition `latest`: none exists yet");
  CHECK(evaluated("latest-3..", *space));
}

TEST_CASE("sets are written in one form") {
  const SpacePtr space = days();
  const std::pair<std::vector<Index>, std::string_view> table[] = {
      {{}, "{}"},
      {{4}, "2024-01-05"},
      {{4, 5}, "{2024-01-05,2024-01-06}"},
      {{4, 5, 6}, "2024-01-05..2024-01-07"},
      {{0, 4, 5, 6, 8}, "{2024-01-01,2024-01-05..2024-01-07,2024-01-09}"},
      {{0, 1, 2, 3, 4, 5, 6, 7, 8}, "2024-01-01..2024-01-09"}};
  for (const auto& [indices, text] : table) {
    CHECK(to_text(PartitionSet::of_indices(space->shape(), indices), *space) == text);
  }
}

TEST_CASE("closed text of a product names every dimension, so that later keys are not in it") {
  const SpacePtr space = sales();
  CHECK(to_closed_text(PartitionSet::all(space->shape()), *space) ==
        "date=2024-01-05..2024-01-09,region=us..asia");
  CHECK(to_closed_text(PartitionSet::of_indices(space->shape(), {3, 4, 5}), *space) ==
        "date=2024-01-06,region=us..asia");
}

TEST_CASE("sets of a product are written by dimension, or by key where each stands alone") {
  const SpacePtr space = sales();
  const auto text = [&](std::vector<Index> indices) {
    return to_text(PartitionSet::of_indices(space->shape(), std::move(indices)), *space);
  };
  CHECK(text({}) == "{}");
  CHECK(to_text(PartitionSet::all(space->shape()), *space) == "all");
  CHECK(text({4}) == "2024-01-06|eu");
  CHECK(text({0, 8}) == "{2024-01-05|us,2024-01-07|asia}");
  CHECK(text({1, 4, 7, 10, 13}) == "region=eu");
  CHECK(text({3, 4, 5}) == "date=2024-01-06");
  CHECK(text({0, 1, 6, 7}) == "date={2024-01-05,2024-01-07},region={us,eu}");
  CHECK(text({0, 3, 6, 9, 13}) ==
        "(date=2024-01-05..2024-01-08,region=us or date=2024-01-09,region=eu)");
}

TEST_CASE("a limit cuts the text short") {
  const SpacePtr space = days();
  const PartitionSet set = PartitionSet::of_indices(space->shape(), {0, 2, 4, 6});
  CHECK(to_text(set, *space, 2) == "{2024-01-01,2024-01-03,...}");
  CHECK(to_text(set, *space, 4) == "{2024-01-01,2024-01-03,2024-01-05,2024-01-07}");
  const SpacePtr product = sales();
  const PartitionSet keys = PartitionSet::of_indices(product->shape(), {0, 4, 8});
  CHECK(to_text(keys, *product, 1) == "{2024-01-05|us,...}");
}

TEST_CASE("every set of a small space reads back from its text") {
  for (const SpacePtr& space : {days(), fruits(), space_of({})}) {
    for (std::uint32_t bits = 0; bits < 1u << space->size(); ++bits) {
      std::vector<Index> indices;
      for (Index i = 0; i < space->size(); ++i) {
        if ((bits >> i & 1) != 0) indices.push_back(i);
      }
      check_round_trip(*space, PartitionSet::of_indices(space->shape(), indices));
    }
  }
}

TEST_CASE("sets of products read back from their text") {
  const SpacePtr three = space_of({{"a", StaticDimension{{"x", "y z", "missing"}}},
                                   {"b", daily("2024-01-06")},
                                   {"c", StaticDimension{{"1", "latest-2"}}}});
  std::mt19937 random(11);
  for (const SpacePtr& space : {sales(), three}) {
    for (int i = 0; i < 500; ++i) {
      std::vector<Index> indices;
      for (Index k = 0; k < space->size(); ++k) {
        if (random() % 4 <= static_cast<unsigned>(i % 4)) indices.push_back(k);
      }
      check_round_trip(*space, PartitionSet::of_indices(space->shape(), indices));
    }
  }
}

TEST_CASE("a list of a hundred thousand keys is read in one go") {
  std::vector<std::string> keys;
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) {
    keys.push_back(fmt::format("key-{}", i));
    if (i % 2 == 0) text += (i == 0 ? "" : ",") + keys.back();
  }
  const SpacePtr space = space_of({{"", StaticDimension{keys}}});
  const auto set = evaluated(text + "}", *space);
  REQUIRE(set);
  CHECK(set->count() == 50'000);
}

}  // namespace partita
