#include <doctest/doctest.h>
#include <partita/detail/fake_keys.hpp>
#include <partita/time.hpp>

#include <cstdint>
#include <string>

using partita::Window;

TEST_CASE("instants read as dates and times, before 1970 too") {
  CHECK(partita::date(0) == "1970-01-01");
  CHECK(partita::date(-1) == "1969-12-31");
  CHECK(partita::date(951782400) == "2000-02-29");
  CHECK(partita::date(-3786825600) == "1850-01-01");
  CHECK(partita::timestamp(1709210096) == "2024-02-29T12:34:56Z");
  CHECK(partita::timestamp(-1) == "1969-12-31T23:59:59Z");
}

TEST_CASE("civil dates and days are inverse, one day after the other, from 1850 to 2500") {
  using namespace partita::detail;
  std::int64_t expected = days_from_civil({1850, 1, 1});
  int day = 0;
  for (std::int64_t days = expected; days < days_from_civil({2501, 1, 1}); ++days) {
    const auto civil = civil_from_days(days);
    REQUIRE(days_from_civil(civil) == days);
    REQUIRE((civil.day == day + 1 || civil.day == 1));
    day = civil.day;
  }
}

TEST_CASE("the fake windows follow the cadence") {
  struct Case {
    partita::Dimension dimension;
    const char* key;
    const char* start;
    const char* end;
  };
  const Case cases[] = {
      {partita::hourly("2024-01-01"), "2024-02-29-23:00", "2024-02-29T23:00:00Z",
       "2024-03-01T00:00:00Z"},
      {partita::hourly("2024-01-01").at_minute(30), "2024-01-01-05:30", "2024-01-01T05:30:00Z",
       "2024-01-01T06:30:00Z"},
      {partita::daily("2024-01-01").at_hour(6), "2024-02-28", "2024-02-28T06:00:00Z",
       "2024-02-29T06:00:00Z"},
      {partita::weekly("2024-01-07"), "2024-02-25", "2024-02-25T00:00:00Z", "2024-03-03T00:00:00Z"},
      {partita::monthly("2024-01-01"), "2024-12-01", "2024-12-01T00:00:00Z",
       "2025-01-01T00:00:00Z"},
      {partita::quarterly("2024-01-01"), "2024-10-01", "2024-10-01T00:00:00Z",
       "2025-01-01T00:00:00Z"},
      {partita::yearly("2024-01-01"), "2024-01-01", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"},
  };
  for (const auto& expected : cases) {
    CAPTURE(expected.key);
    const auto window = partita::detail::fake_window(expected.dimension, expected.key);
    REQUIRE(window);
    CHECK(partita::timestamp(window->start) == expected.start);
    CHECK(partita::timestamp(window->end) == expected.end);
  }
}

TEST_CASE("no window is made up for zones, cron, formats and other keys") {
  using partita::detail::fake_window;
  CHECK_FALSE(fake_window(partita::daily("2024-01-01").in("Europe/Paris"), "2024-01-01"));
  CHECK_FALSE(fake_window(partita::cron("0 1 * * *", "2024-01-01"), "2024-01-01"));
  CHECK_FALSE(fake_window(partita::monthly("2024-01").format("%Y-%m"), "2024-01"));
  CHECK_FALSE(fake_window(partita::daily("2024-01-01"), "Monday"));
}
