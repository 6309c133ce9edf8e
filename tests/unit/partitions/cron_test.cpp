#include <doctest/doctest.h>

#include <set>

#include "partitions/cron.hpp"
#include "partitions/cron_index.hpp"

namespace partita {
namespace {

CronSchedule cron(const char* text) {
  auto schedule = CronSchedule::parse(text);
  REQUIRE_MESSAGE(schedule, text);
  return *schedule;
}

std::vector<int> minutes_of(const char* text) {
  const CronSchedule schedule = cron(text);
  std::vector<int> minutes;
  for (int minute = 0; minute < 1440; ++minute) {
    if (schedule.matches_minute(minute)) minutes.push_back(minute);
  }
  return minutes;
}

// The days of a month with ticks.
std::vector<int> days_of(const char* text, int year, int month) {
  const CronIndex index(cron(text));
  std::vector<int> days;
  for (int day = 1; day <= days_in_month(year, month); ++day) {
    const LocalSeconds begin = day_number({year, month, day}) * kDaySeconds;
    if (index.count_before(begin + kDaySeconds) > index.count_before(begin)) days.push_back(day);
  }
  return days;
}

using Numbers = std::vector<int>;

TEST_CASE("minutes and hours are stars, numbers, ranges, steps and lists") {
  CHECK(minutes_of("0 0 * * *") == Numbers{0});
  CHECK(minutes_of("30 2,4 * * *") == Numbers{150, 270});
  CHECK(minutes_of("*/20 1 * * *") == Numbers{60, 80, 100});
  CHECK(minutes_of("5-50/20 0 * * *") == Numbers{5, 25, 45});
  CHECK(minutes_of("50/5 0 * * *") == Numbers{50, 55});
  CHECK(minutes_of("*/100 0 * * *") == Numbers{0});
  CHECK(minutes_of("0 22-1 * * *") == Numbers{0, 60, 1320, 1380});
  CHECK(minutes_of("58-1 0 * * *") == Numbers{0, 1, 58, 59});
}

TEST_CASE("days are days of the month, weekdays, or either where both restrict") {
  // January 2024 begins on a Monday.
  CHECK(days_of("0 0 */10 * *", 2024, 1) == Numbers{1, 11, 21, 31});
  CHECK(days_of("0 0 L * *", 2024, 2) == Numbers{29});
  CHECK(days_of("0 0 15,L * *", 2023, 2) == Numbers{15, 28});
  CHECK(days_of("0 0 * * 7", 2024, 1) == Numbers{7, 14, 21, 28});
  CHECK(days_of("0 0 * * 6-7", 2024, 1) == Numbers{6, 7, 13, 14, 20, 21, 27, 28});
  CHECK(days_of("0 0 * * fri-MON", 2024, 1) ==
        Numbers{1, 5, 6, 7, 8, 12, 13, 14, 15, 19, 20, 21, 22, 26, 27, 28, 29});
  CHECK(days_of("0 0 1,15 * 1", 2024, 2) == Numbers{1, 5, 12, 15, 19, 26});
  CHECK(days_of("0 0 */15 * 1", 2024, 2) == Numbers{1, 5, 12, 16, 19, 26});
  CHECK(days_of("0 0 13 * ?", 2024, 2) == Numbers{13});
  CHECK(days_of("0 0 * * 5#2", 2024, 1) == Numbers{12});
  CHECK(days_of("0 0 * * L5", 2024, 1) == Numbers{26});
  CHECK(days_of("0 0 1,20 * 5#2", 2024, 1) == Numbers{1, 12, 20});
  CHECK(days_of("0 0 1,20 * L5", 2024, 1) == Numbers{1, 20, 26});
  CHECK(days_of("0 0 * JAN,mar *", 2024, 2).empty());
  CHECK(days_of("0 0 29 2 *", 2024, 2) == Numbers{29});
}

TEST_CASE("a day field that lists all its values restricts beside numbers, not beside a star") {
  CHECK(days_of("0 0 1-31 * 1", 2024, 1).size() == 31);
  CHECK(days_of("0 0 1 * 0-6", 2024, 1).size() == 31);
  CHECK(days_of("0 0 1-31 * *", 2024, 1).size() == 31);
  CHECK(days_of("0 0 * * 0-7", 2024, 1).size() == 31);
  CHECK(days_of("0 0 */2 * 0-6", 2024, 1).size() == 16);
}

TEST_CASE("a name stands for the five fields it means") {
  CHECK(minutes_of("@daily") == Numbers{0});
  CHECK(cron("@Hourly").covers_every_hour());
  CHECK(days_of("@weekly", 2024, 1) == Numbers{7, 14, 21, 28});
  CHECK(days_of("@monthly", 2024, 1) == Numbers{1});
  CHECK(days_of("@quarterly", 2024, 4) == Numbers{1});
  CHECK(days_of("@yearly", 2024, 4).empty());
}

TEST_CASE("every hour is every hour however it is written") {
  for (const char* text : {"0 * * * *", "0 0-23 * * *", "0 */1 * * *", "0 12-11 * * 1"}) {
    if (std::string_view(text) == "0 12-11 * * 1") CHECK(cron(text).hour_count() == 24);
    CHECK(cron(text).covers_every_hour());
  }
  CHECK_FALSE(cron("0 0-22 * * *").covers_every_hour());
}

struct Refusal {
  const char* text;
  const char* message;
};
constexpr Refusal kRefusals[] = {
    {"0 -24 * * *", "column 3: hour: want 0 to 23"},
    {"60 0 * * *", "column 1: minute: want 0 to 59"},
    {"0 0 * * 8", "column 9: day of week: want 0 to 7 or a name"},
    {"0 0 0 * *", "column 5: day of month: want 1 to 31"},
    {"0 0 * 13 *", "column 7: month: want 1 to 12 or a name"},
    {"0 0 * * 1#6", "column 11: day of week: want 1 to 5 after `#`"},
    {"*/0 * * * *", "column 3: minute: want a step of at least 1 after `/`"},
    {"1, * * * *", "column 3: minute: want 0 to 59"},
    {"5-5 * * * *", "column 1: minute: the ends of the range are the same"},
    {"0 0 *x * *", "column 6: day of month: unexpected `x`"},
    {"0 0 * *", "column 8: want five fields, not 4"},
    {"0 0 * * * *", "column 11: want five fields, not 6"},
    {"not a cron", "column 11: want five fields, not 3"},
    {"é 0 * *", "column 8: want five fields, not 4"},
    {"0 0 1é * *", "column 6: day of month: unexpected `é`"},
    {"", "column 1: want five fields, not 0"},
};

TEST_CASE("a schedule that cannot be read is refused at its column") {
  for (const auto& [text, message] : kRefusals) {
    const auto schedule = CronSchedule::parse(text);
    REQUIRE_FALSE(schedule);
    CHECK(schedule.error().message ==
          "refuse cron schedule `" + std::string(text) + "`: " + message);
  }
}

TEST_CASE("a schedule of days that no year has is refused") {
  for (const char* text : {"0 0 30 2 *", "0 0 31 4,6,9,11 *"}) {
    CHECK_FALSE(CronSchedule::parse(text));
  }
}

TEST_CASE("ordinals and times of an index are each other's inverse over the whole cycle") {
  for (const char* text : {"0 0 29 2 *", "*/7 3-5 1,15 * 1", "0 0 L * *", "* * * * *"}) {
    CAPTURE(text);
    const CronIndex index(cron(text));
    const Index first = index.count_before(day_number({1850, 1, 1}) * kDaySeconds);
    const Index last = index.count_before(day_number({2500, 1, 1}) * kDaySeconds);
    for (Index ordinal = first; ordinal < last; ordinal += 1 + (last - first) / 5000) {
      const LocalSeconds at = index.at(ordinal);
      REQUIRE(index.count_before(at) == ordinal);
      REQUIRE(index.count_before(at + 1) == ordinal + 1);
    }
  }
}

TEST_CASE("excluded schedules take their minutes out of the days they fall on") {
  const CronSchedule excluded[] = {cron("0 0-5 * * *"), cron("* * * * 0")};
  const CronIndex index(cron("0 * * * *"), excluded);
  const LocalSeconds sunday = day_number({2024, 1, 7}) * kDaySeconds;
  CHECK(index.count_before(sunday + kDaySeconds) == index.count_before(sunday));
  CHECK(index.count_before(sunday + 2 * kDaySeconds) == index.count_before(sunday) + 18);
  CHECK(index.at(index.count_before(sunday)) == sunday + kDaySeconds + 6 * 3600);
}

}  // namespace
}  // namespace partita
