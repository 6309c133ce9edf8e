#include "partitions/time_zone.hpp"

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "partitions/civil.hpp"

namespace partita {
namespace {

const TimeZone& zone(const char* name) {
  const auto loaded = TimeZone::load(name);
  REQUIRE_MESSAGE(loaded, name);
  return **loaded;
}

Instant at(const char* text) {
  return parse_instant(text).value();
}
LocalSeconds local(const char* text) {
  return parse_local(text).value();
}

struct Offset {
  const char* zone;
  const char* instant;
  std::int64_t seconds;
};
constexpr Offset kOffsets[] = {
    {"UTC", "2024-07-01T00:00:00Z", 0},
    {"America/New_York", "1850-01-01T00:00:00Z", -17762},  // local mean time
    {"America/New_York", "2024-03-10T06:59:59Z", -18000},
    {"America/New_York", "2024-03-10T07:00:00Z", -14400},
    {"America/New_York", "2038-07-01T00:00:00Z", -14400},
    {"America/New_York", "2437-07-01T00:00:00Z", -14400},
    {"America/New_York", "2438-07-01T00:00:00Z", -14400},
    {"America/New_York", "2499-07-01T00:00:00Z", -14400},
    {"America/New_York", "2499-12-31T00:00:00Z", -18000},
    {"Europe/Dublin", "2024-01-01T00:00:00Z", 0},
    {"Europe/Dublin", "2024-07-01T00:00:00Z", 3600},
    {"Australia/Lord_Howe", "2024-01-01T00:00:00Z", 39600},
    {"Australia/Lord_Howe", "2024-07-01T00:00:00Z", 37800},
    {"Pacific/Apia", "2011-12-30T09:59:59Z", -36000},
    {"Pacific/Apia", "2011-12-30T10:00:00Z", 50400},
    {"Asia/Kathmandu", "2024-01-01T00:00:00Z", 20700},
};

TEST_CASE("offsets are those of the tz database, from local mean times to the year 2500") {
  for (const Offset& offset : kOffsets) {
    CAPTURE(offset.zone);
    CAPTURE(offset.instant);
    CHECK(zone(offset.zone).offset_at(at(offset.instant)) == offset.seconds);
  }
}

TEST_CASE("a repeated time is shown first and last, a missing one at the end of the gap") {
  const TimeZone& york = zone("America/New_York");
  CHECK(york.first_at(local("2024-11-03T01:30")) == at("2024-11-03T05:30:00Z"));
  CHECK(york.last_at(local("2024-11-03T01:30")) == at("2024-11-03T06:30:00Z"));
  CHECK(york.first_at(local("2024-03-10T02:30")) == at("2024-03-10T07:00:00Z"));
  CHECK(york.last_at(local("2024-03-10T02:30")) == at("2024-03-10T07:00:00Z"));
  CHECK(york.first_at(local("2024-07-01T00:00")) == york.last_at(local("2024-07-01T00:00")));
  CHECK(zone("Pacific/Apia").first_at(local("2011-12-30")) == at("2011-12-30T10:00:00Z"));
}

TEST_CASE("the second of two equal times is known as that") {
  const TimeZone& york = zone("America/New_York");
  CHECK_FALSE(york.repeats(at("2024-11-03T05:30:00Z")));
  CHECK(york.repeats(at("2024-11-03T06:30:00Z")));
  CHECK_FALSE(york.repeats(at("2024-11-03T07:00:00Z")));
}

TEST_CASE("no name means UTC") {
  CHECK(zone("").name() == "UTC");
}

TEST_CASE("a zone is loaded once") {
  CHECK(&zone("Europe/Berlin") == &zone("Europe/Berlin"));
}

TEST_CASE("an unknown zone is refused, with what was near") {
  const auto zone = TimeZone::load("Europe/Berln");
  REQUIRE_FALSE(zone);
  CHECK(zone.error().message == "find no time zone `Europe/Berln`");
  CHECK(zone.error().hint.find("Europe/Berlin") != std::string::npos);
}

TEST_CASE("what depends on the machine is no zone") {
  for (const char* name :
       {"localtime", "/etc/localtime", "../etc/localtime", "Europe Berlin", "\n"}) {
    CHECK_FALSE(TimeZone::load(name));
  }
}

TEST_CASE("civil dates and local times are read and written") {
  CHECK(civil_date(day_number({1850, 2, 28}) + 1).month == 3);
  CHECK(weekday_of(day_number({2024, 3, 10})) == 0);
  CHECK(weekday_of(day_number({1850, 1, 1})) == 2);
  CHECK(day_of_year({2024, 12, 31}) == 365);
  CHECK(local("2024-01-31T10:05") == local_seconds({{2024, 1, 31}, 10, 5, 0}));
  CHECK(local("2024-01-31 10:05:07") == local_seconds({{2024, 1, 31}, 10, 5, 7}));
  for (const char* text : {"", "x", "2024-13-01", "2024-02-30", "2024-01-31T10:05Z",
                           "2024-01-31T10:05+01:00", "2024-01-31T25:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_local(text));
  }
}

}  // namespace
}  // namespace partita
