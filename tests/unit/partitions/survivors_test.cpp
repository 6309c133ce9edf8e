#include "partitions/survivors.hpp"

#include <doctest/doctest.h>

#include <set>

namespace partita {
namespace {

const Instant kNow = parse_instant("2024-07-01").value();

Dimension time(Cadence cadence, std::string start, std::string end = "") {
  TimeDimension dimension;
  dimension.cadence = cadence;
  dimension.start = std::move(start);
  dimension.end = std::move(end);
  return {"", dimension};
}

Dimension cron(std::string schedule, std::string start, std::string zone = "") {
  TimeDimension dimension;
  dimension.cadence = Cadence::cron;
  dimension.cron = std::move(schedule);
  dimension.start = std::move(start);
  dimension.timezone = std::move(zone);
  dimension.format = "%Y-%m-%d-%H:%M";
  return {"", dimension};
}

Dimension named(std::string name, Dimension dimension) {
  dimension.name = std::move(name);
  return dimension;
}

Dimension keys(std::vector<std::string> list) {
  return {"", StaticDimension{std::move(list)}};
}

SpacePtr space(std::vector<Dimension> dimensions, Instant now = kNow) {
  const auto definition = validated({std::move(dimensions)});
  REQUIRE(definition);
  const auto made = make_space(*definition, {now, {}});
  REQUIRE(made);
  return *made;
}

PartitionSet by_identity(const PartitionSpace& before, const PartitionSpace& after) {
  std::vector<Index> same;
  for (Index i = 0; i < before.size(); ++i) {
    if (after.index_of_identity(before.identity_at(i))) same.push_back(i);
  }
  return PartitionSet::of_indices(before.shape(), same);
}

TEST_CASE("partitions survive exactly where their identity does") {
  TimeDimension london = std::get<TimeDimension>(time(Cadence::daily, "2024-01-01").kind);
  london.timezone = "Europe/London";
  TimeDimension without_new_year = std::get<TimeDimension>(time(Cadence::daily, "2024-01-01").kind);
  without_new_year.exclusions = {"2024-01-01", "2024-03-03"};
  const std::vector<SpacePtr> spaces{
      space({time(Cadence::daily, "2024-01-01")}),
      space({time(Cadence::daily, "2024-02-01", "2024-05-01")}),
      space({time(Cadence::daily, "2030-01-01")}),
      space({{"", london}}),
      space({{"", without_new_year}}),
      space({time(Cadence::weekly, "2024-01-01")}),
      space({time(Cadence::monthly, "2023-01-01")}),
      space({cron("0 0 * * *", "2024-03-01")}),
      space({cron("0 0 1 * *", "2023-01-01")}),
      space({cron("0 0 1,15 * *", "2023-01-01")}),
      space({keys({"a", "b", "c"})}),
      space({keys({"c", "x", "a"})}),
      space({named("date", time(Cadence::daily, "2024-06-01")), named("name", keys({"a", "b"}))}),
      space({named("date", time(Cadence::daily, "2024-06-20")), named("name", keys({"b", "c"}))}),
      space({}),
  };
  for (const SpacePtr& before : spaces) {
    for (const SpacePtr& after : spaces) {
      CAPTURE(before->definition().describe());
      CAPTURE(after->definition().describe());
      CHECK(survivors(*before, *after) == by_identity(*before, *after));
    }
  }
}

TEST_CASE("a later start of ten million windows is one comparison of ranges") {
  const Instant late = parse_instant("2043-01-10").value();
  const SpacePtr before = space({cron("* * * * *", "2024-01-01")}, late);
  const SpacePtr after = space({cron("* * * * *", "2024-01-02")}, late);
  REQUIRE(before->size() > 10'000'000);
  CHECK(survivors(*before, *after).complement().count() == 24 * 60);
  CHECK(survivors(*after, *before).complement().empty());
}

}  // namespace
}  // namespace partita
