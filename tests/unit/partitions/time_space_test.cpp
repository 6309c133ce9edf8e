#include "partitions/time_space.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace partita {
namespace {

using Keys = std::vector<std::string>;

Instant at(const char* text) {
  return parse_instant(text).value();
}

TimeDimension dimension(Cadence cadence, const char* start, const char* timezone = "") {
  TimeDimension time;
  time.cadence = cadence;
  time.start = start;
  time.timezone = timezone;
  return time;
}

TimeDimension cron(const char* schedule, const char* start, const char* timezone = "") {
  TimeDimension time = dimension(Cadence::cron, start, timezone);
  time.cron = schedule;
  return time;
}

TimeDimensionSpace space(const TimeDimension& time, const char* now) {
  auto schedule = TimeSchedule::compile(time);
  REQUIRE(schedule);
  return {*schedule, at(now)};
}

Keys keys_of(const TimeDimensionSpace& space) {
  Keys keys;
  for (Index i = 0; i < space.size(); ++i) keys.push_back(space.key_at(i));
  return keys;
}

std::string range_of(const TimeDimensionSpace& space) {
  if (space.size() == 0) return "none";
  return space.key_at(0) + " to " + space.key_at(space.size() - 1);
}

std::string text_of(const Window& window) {
  return format_instant(window.start) + " to " + format_instant(window.end);
}

std::string window_of(const TimeDimensionSpace& space, const char* key) {
  const auto window = space.window_of_key(key);
  return window ? text_of(*window) : "";
}

TEST_CASE("a window exists from the instant it has ended") {
  const TimeDimension daily = dimension(Cadence::daily, "2024-01-01");
  CHECK(space(daily, "2024-01-01T23:59:59Z").size() == 0);
  CHECK(keys_of(space(daily, "2024-01-02T00:00:00Z")) == Keys{"2024-01-01"});
  CHECK(space(daily, "2023-01-01").size() == 0);
}

struct Offset {
  int end_offset;
  const char* end;
  const char* now;
  const char* range;
};
constexpr Offset kOffsets[] = {
    {0, "", "2024-01-06T12:00", "2024-01-01 to 2024-01-05"},
    {1, "", "2024-01-06T12:00", "2024-01-01 to 2024-01-06"},
    {3, "", "2024-01-06T12:00", "2024-01-01 to 2024-01-08"},
    {-2, "", "2024-01-06T12:00", "2024-01-01 to 2024-01-03"},
    {-9, "", "2024-01-06T12:00", "none"},
    {1, "", "2023-12-31T12:00",
     "none"},  // the day before the start has not ended, nor has the next
    {2, "", "2023-12-31T12:00", "2024-01-01 to 2024-01-01"},
    {0, "2024-01-04", "2024-01-06T12:00", "2024-01-01 to 2024-01-03"},
    {0, "2024-01-04T12:00", "2024-01-06T12:00", "2024-01-01 to 2024-01-03"},
    {0, "2024-01-04", "2024-01-03T12:00", "2024-01-01 to 2024-01-02"},
    {5, "2024-01-04", "2024-01-03T12:00", "2024-01-01 to 2024-01-03"},
    {-1, "2024-01-04", "2024-01-04T00:00", "2024-01-01 to 2024-01-02"},
    {-1, "2024-01-04", "2024-01-05T00:00", "2024-01-01 to 2024-01-03"},
    {0, "2024-01-01T12:00", "2024-01-06T12:00", "none"},
    {3, "2024-01-01T12:00", "2024-01-06T12:00", "none"},
    {0, "2024-01-01", "2024-01-06T12:00", "none"},
    {0, "2023-01-01", "2024-01-06T12:00", "none"},
};

TEST_CASE("end_offset counts from now, and the end bounds what comes of it") {
  for (const Offset& offset : kOffsets) {
    CAPTURE(offset.end_offset);
    CAPTURE(offset.end);
    CAPTURE(offset.now);
    TimeDimension daily = dimension(Cadence::daily, "2024-01-01");
    daily.end_offset = offset.end_offset;
    daily.end = offset.end;
    CHECK(range_of(space(daily, offset.now)) == offset.range);
  }
}

TEST_CASE("the first window starts at the first tick at or after the start") {
  CHECK(space(dimension(Cadence::daily, "2024-01-01T10:30"), "2024-02-01").key_at(0) ==
        "2024-01-02");
  CHECK(space(dimension(Cadence::weekly, "2024-01-01"), "2024-02-01").key_at(0) == "2024-01-07");
  CHECK(space(dimension(Cadence::hourly, "2024-01-01T10:20"), "2024-02-01").key_at(0) ==
        "2024-01-01-11:00");
}

TEST_CASE("cadences have their offsets and formats") {
  TimeDimension time = dimension(Cadence::monthly, "2024-01-01");
  time.day_offset = 12;
  time.hour_offset = 3;
  time.minute_offset = 15;
  CHECK(window_of(space(time, "2024-06-01"), "2024-01-12") ==
        "2024-01-12T03:15:00Z to 2024-02-12T03:15:00Z");
  time.cadence = Cadence::quarterly;
  CHECK(keys_of(space(time, "2024-10-31")) == Keys{"2024-01-12", "2024-04-12", "2024-07-12"});
  time.cadence = Cadence::yearly;
  CHECK(window_of(space(time, "2024-10-31"), "2024-01-12") ==
        "2024-01-12T03:15:00Z to 2025-01-12T03:15:00Z");
  time.cadence = Cadence::weekly;
  time.day_offset = 6;
  CHECK(space(time, "2024-03-01").key_at(0) == "2024-01-06");
  CHECK(space(cron("0 */6 * * *", "2024-01-01"), "2024-03-01").key_at(1) == "2024-01-01-06:00");
  CHECK(space(cron("0 6 * * *", "2024-01-01"), "2024-03-01").key_at(1) == "2024-01-02");
}

TEST_CASE("offsets that the cadence has no use for are refused") {
  TimeDimension time = dimension(Cadence::hourly, "2024-01-01");
  time.hour_offset = 1;
  CHECK_FALSE(TimeSchedule::compile(time));
  time = dimension(Cadence::daily, "2024-01-01");
  time.day_offset = 1;
  CHECK_FALSE(TimeSchedule::compile(time));
  time = dimension(Cadence::weekly, "2024-01-01");
  time.day_offset = 8;
  CHECK_FALSE(TimeSchedule::compile(time));
  time = dimension(Cadence::daily, "2024-01-01");
  time.cron = "0 0 * * *";
  CHECK_FALSE(TimeSchedule::compile(time));
}

TEST_CASE("an hourly schedule has both of a repeated hour and skips a missing one") {
  const char* zone = "America/Chicago";
  CHECK(keys_of(space(dimension(Cadence::hourly, "2021-11-07", zone), "2021-11-07T09:00Z")) ==
        Keys{"2021-11-07-00:00", "2021-11-07-01:00", "2021-11-07-01:00-0600", "2021-11-07-02:00"});
  const auto spring =
      space(dimension(Cadence::hourly, "2021-03-14T01:00", zone), "2021-03-14T10:00Z");
  CHECK(keys_of(spring) == Keys{"2021-03-14-01:00", "2021-03-14-03:00", "2021-03-14-04:00"});
  CHECK(text_of(*spring.window_at(0)) == "2021-03-14T07:00:00Z to 2021-03-14T08:00:00Z");
  CHECK_FALSE(spring.index_of("2021-03-14-02:00"));
  CHECK_FALSE(spring.index_of("2021-03-14-01:00-0600"));
}

TEST_CASE("any other schedule takes the second of a repeated time and the end of a gap") {
  TimeDimension daily = dimension(Cadence::daily, "2023-10-27", "Europe/Berlin");
  daily.hour_offset = 2;
  daily.minute_offset = 30;
  const auto autumn = space(daily, "2024-05-01");
  CHECK(window_of(autumn, "2023-10-28") == "2023-10-28T00:30:00Z to 2023-10-29T01:30:00Z");
  CHECK(window_of(autumn, "2023-10-29") == "2023-10-29T01:30:00Z to 2023-10-30T01:30:00Z");
  CHECK(window_of(autumn, "2024-03-30") == "2024-03-30T01:30:00Z to 2024-03-31T01:00:00Z");
  CHECK(window_of(autumn, "2024-03-31") == "2024-03-31T01:00:00Z to 2024-04-01T00:30:00Z");
}

// At midnight, of half an hour, of forty-five minutes past, of two hours, and of negative saving.
TEST_CASE("a gap ends and a time repeats in the same way at any hour, and by any length") {
  const auto daily = [](const char* start, const char* zone, int hour, int minute) {
    TimeDimension time = dimension(Cadence::daily, start, zone);
    time.hour_offset = hour;
    time.minute_offset = minute;
    return space(time, "2030-01-01");
  };
  CHECK(window_of(daily("2023-04-25", "Africa/Cairo", 0, 45), "2023-04-28") ==
        "2023-04-27T22:00:00Z to 2023-04-28T21:45:00Z");
  CHECK(window_of(daily("2006-10-25", "America/Havana", 0, 15), "2006-10-29") ==
        "2006-10-29T05:15:00Z to 2006-10-30T05:15:00Z");
  CHECK(window_of(daily("2023-09-20", "Pacific/Chatham", 3, 30), "2023-09-24") ==
        "2023-09-23T14:00:00Z to 2023-09-24T13:45:00Z");
  CHECK(window_of(daily("2024-03-28", "Antarctica/Troll", 2, 59), "2024-03-31") ==
        "2024-03-31T01:00:00Z to 2024-04-01T00:59:00Z");
  CHECK(window_of(daily("2024-10-25", "Europe/Dublin", 1, 30), "2024-10-27") ==
        "2024-10-27T01:30:00Z to 2024-10-28T01:30:00Z");
  CHECK(window_of(daily("1932-09-28", "Canada/Saskatchewan", 23, 0), "1932-10-01") ==
        "1932-10-02T06:00:00Z to 1932-10-03T06:00:00Z");
}

TEST_CASE("hours keep to their minute where the offset is none of whole hours") {
  const auto lord_howe =
      space(dimension(Cadence::hourly, "2024-04-07", "Australia/Lord_Howe"), "2024-04-06T18:00Z");
  CHECK(keys_of(lord_howe) ==
        Keys{"2024-04-07-00:00", "2024-04-07-01:00", "2024-04-07-02:00", "2024-04-07-03:00"});
  CHECK(text_of(*lord_howe.window_at(1)) == "2024-04-06T14:00:00Z to 2024-04-06T15:30:00Z");
  TimeDimension late = dimension(Cadence::hourly, "2024-04-07T01:00", "Australia/Lord_Howe");
  late.minute_offset = 45;
  CHECK(keys_of(space(late, "2024-04-06T17:00Z")) ==
        Keys{"2024-04-07-01:45", "2024-04-07-01:45+1030"});
  const auto local_mean = space(dimension(Cadence::hourly, "1883-11-18T11:00", "America/New_York"),
                                "1883-11-18T19:00Z");
  CHECK(keys_of(local_mean) ==
        Keys{"1883-11-18-11:00", "1883-11-18-12:00", "1883-11-18-12:00-0500", "1883-11-18-13:00"});
  CHECK(text_of(*local_mean.window_at(1)) == "1883-11-18T16:56:02Z to 1883-11-18T17:00:00Z");
}

TEST_CASE("ticks that come together at the end of a gap are one") {
  const auto merged = space(cron("0,30 2,3 * * *", "2024-03-31", "Europe/Berlin"), "2024-04-01");
  CHECK(keys_of(merged) == Keys{"2024-03-31-03:00", "2024-03-31-03:30"});
}

TEST_CASE("a window at the end of a gap has the skipped time's key where it would have another's") {
  // Apia left out the 30th of December 2011.
  TimeDimension daily = dimension(Cadence::daily, "2011-12-28", "Pacific/Apia");
  daily.hour_offset = 2;
  const auto apia = space(daily, "2012-01-01");
  CHECK(keys_of(apia) == Keys{"2011-12-28", "2011-12-29", "2011-12-30", "2011-12-31"});
  CHECK(text_of(*apia.window_at(2)) == "2011-12-30T10:00:00Z to 2011-12-30T12:00:00Z");
  daily.hour_offset = 0;
  CHECK(keys_of(space(daily, "2012-01-01")) == Keys{"2011-12-28", "2011-12-29", "2011-12-31"});
}

TEST_CASE("excluded windows are left out and their neighbours stay as long as they were") {
  TimeDimension daily = dimension(Cadence::daily, "2024-01-04");
  daily.exclusions = {"0 0 * * 0,6", "2024-01-09", "2024-01-06"};
  const auto workdays = space(daily, "2024-01-12");
  CHECK(keys_of(workdays) ==
        Keys{"2024-01-04", "2024-01-05", "2024-01-08", "2024-01-10", "2024-01-11"});
  CHECK(text_of(*workdays.window_at(1)) == "2024-01-05T00:00:00Z to 2024-01-06T00:00:00Z");
  CHECK_FALSE(workdays.index_of("2024-01-06"));
  CHECK_FALSE(workdays.index_of("2024-01-09"));
  CHECK(workdays.index_of("2024-01-10") == 3);
  CHECK(workdays.first_starting_at_or_after(at("2024-01-06")) == 2);
  CHECK(workdays.first_ending_after(at("2024-01-06")) == 2);
  daily.end_offset = -2;
  CHECK(keys_of(space(daily, "2024-01-12")) == Keys{"2024-01-04", "2024-01-05", "2024-01-08"});
}

TEST_CASE("an exclusion goes by the calendar and takes both runs of a repeated hour") {
  TimeDimension hours = dimension(Cadence::hourly, "2024-11-03", "America/New_York");
  hours.exclusions = {"0 1 * * *"};
  CHECK(keys_of(space(hours, "2024-11-03T08:00Z")) == Keys{"2024-11-03-00:00", "2024-11-03-02:00"});
}

TEST_CASE(
    "an exclusion that is neither a key nor a schedule is refused, as are those of everything") {
  TimeDimension daily = dimension(Cadence::daily, "2024-01-04");
  daily.exclusions = {"new year"};
  CHECK(TimeSchedule::compile(daily).error().message.starts_with(
      "read exclusion `new year`, no key: refuse cron schedule"));
  daily.exclusions = {"0 0 * * *"};
  CHECK_FALSE(TimeSchedule::compile(daily));
}

TEST_CASE("indices go on beyond the windows that exist") {
  const auto daily = space(dimension(Cadence::daily, "2024-01-10"), "2024-01-12");
  CHECK(daily.size() == 2);
  CHECK(daily.any_key_at(-9) == "2024-01-01");
  CHECK(daily.any_key_at(5) == "2024-01-15");
  CHECK(daily.any_index_of("2024-01-15") == 5);
  CHECK_FALSE(daily.index_of("2024-01-15"));
  CHECK(daily.first_starting_at_or_after(at("2023-12-31T01:00")) == -9);
  CHECK(daily.key_of_window(daily.any_window_at(7)) == "2024-01-17");
}

TEST_CASE("the text of no window means the next one that starts") {
  TimeDimension monthly = dimension(Cadence::monthly, "2021-05-01");
  monthly.day_offset = 12;
  const auto months = space(monthly, "2022-01-01");
  CHECK(window_of(months, "2021-05-01") == "2021-05-12T00:00:00Z to 2021-06-12T00:00:00Z");
  CHECK_FALSE(months.index_of("2021-05-01"));
  CHECK_FALSE(months.window_of_key("May 2021"));
}

void check_all_keys(const TimeDimensionSpace& space) {
  for (Index i = 0; i < space.size(); ++i) {
    CAPTURE(space.key_at(i));
    REQUIRE(space.index_of(space.key_at(i)) == i);
  }
}

struct Format {
  const char* cron;
  const char* format;
  const char* lacks;  // empty: accepted
};
constexpr Format kFormats[] = {
    {"0 0 1 */3 *", "%Y-%m", ""},
    {"0 0 1 1 *", "%Y", ""},
    {"0 0 * * 1", "%G-W%V", ""},
    {"0 0 * * 1", "%Y-%W", ""},
    {"0 0 * * *", "%Y-%j", ""},
    {"0 0 * * *", "%d %b %Y", ""},
    {"0 */6 * * *", "%Y-%m-%d %I%p", ""},
    {"0 6,12,18,20 * * 4", "%G-W%V %H", ""},
    {"0,20,40 6 * * *", "%Y-%m-%d %M", ""},
    {"0,20,40 6,7,8 1 * *", "%Y-%m %H:%M", ""},
    {"*/10 3 L 2 *", "%Y %M", ""},
    {"15 */2 * * *", "%G week %V %F %H", ""},
    {"0 0 * * *", "%G %F", ""},
    {"0 0 1 * *", "%G-W%V", ""},
    {"0 0 * * *", "%G-W%V %m-%d", "the day"},
    {"0 0 * * *", "%G-W%V %j", "the day"},
    {"0 0 * * *", "%Y-%m", "the day"},
    {"0 0 1,15 * *", "%Y-%m", "the day"},
    {"0 0 1 */3 *", "%Y", "the day"},
    {"0 0 * * 1,2", "%G-W%V", "the day"},
    {"0 0 * * *", "%m-%d", "the year"},
    {"0 */6 * * *", "%Y-%m-%d", "the hour"},
    {"0 */6 * * *", "%Y-%m-%d %I", "the hour"},
    {"*/30 0 * * *", "%Y-%m-%d %H", "the minute"},
};

TEST_CASE("a format that gives several windows one key is refused") {
  for (const Format& format : kFormats) {
    CAPTURE(format.cron);
    CAPTURE(format.format);
    TimeDimension time = cron(format.cron, "2024-01-01");
    time.format = format.format;
    const auto schedule = TimeSchedule::compile(time);
    const bool accepted = std::string_view(format.lacks).empty();
    REQUIRE(schedule.has_value() == accepted);
    if (accepted) {
      check_all_keys(space(time, "2026-06-01"));
      continue;
    }
    CHECK(schedule.error().message == "refuse format `" + time.format + "`: it lacks " +
                                          format.lacks + ", and so gives several windows one key");
  }
}

TEST_CASE("two digits of the year bound the windows to the years they can mean") {
  TimeDimension daily = dimension(Cadence::daily, "2024-01-01");
  daily.format = "%d.%m.%y";
  CHECK(space(daily, "2100-01-01").key_at(space(daily, "2100-01-01").size() - 1) == "31.12.68");
  daily.start = "1968-12-31";
  CHECK_FALSE(TimeSchedule::compile(daily));
  daily.start = "2024-01-01";
  daily.end = "2070-01-01";
  CHECK_FALSE(TimeSchedule::compile(daily));
}

TEST_CASE("a start or end that is no date of the years 1850 to 2500 is refused") {
  for (const char* start :
       {"", "soon", "2024-13-01", "1849-12-31", "2501-01-01", "2024-01-01T00:00Z"}) {
    CAPTURE(start);
    CHECK_FALSE(TimeSchedule::compile(dimension(Cadence::daily, start)));
  }
  CHECK(space(dimension(Cadence::daily, "1850-01-01"), "2500-12-31").size() == 237'772);
}

TEST_CASE("a key that does not exist is explained") {
  TimeDimension daily = dimension(Cadence::daily, "2024-01-02");
  daily.end = "2024-02-01";
  daily.exclusions = {"2024-01-03"};
  const auto days = space(daily, "2024-01-05T12:00");
  const auto message = [&](const char* key) { return days.absence_of(key).message; };
  CHECK(message("2024-01-05") ==
        "find no partition `2024-01-05`: it does not exist yet, its window ends "
        "2024-01-06T00:00:00Z");
  CHECK(message("2024-01-01") == "find no partition `2024-01-01`: the first is `2024-01-02`");
  CHECK(message("2024-01-03") == "find no partition `2024-01-03`: it is excluded");
  CHECK(message("2024-02-01") ==
        "find no partition `2024-02-01`: the partitions end at 2024-02-01T00:00:00Z");
  CHECK(message("tuesday") == "find no partition `tuesday`: want a key like `2024-01-02`");
  const auto weeks = space(dimension(Cadence::weekly, "2024-01-01"), "2024-03-01");
  CHECK(weeks.absence_of("2024-01-10").message ==
        "find no partition `2024-01-10`: no window starts there; near are `2024-01-07` and "
        "`2024-01-14`");
}

TEST_CASE("what is kept of a window is its two instants, whatever the space") {
  const auto days = space(dimension(Cadence::daily, "2024-01-02"), "2024-03-01");
  const auto more = space(dimension(Cadence::daily, "2023-01-01"), "2024-03-01");
  const auto hours = space(dimension(Cadence::hourly, "2024-01-02"), "2024-03-01");
  CHECK(days.identity_at(0) == "@1704153600/1704240000");
  CHECK(days.index_of_identity("@1704153600/1704240000") == 0);
  CHECK(more.index_of_identity("@1704153600/1704240000") == 366);
  CHECK_FALSE(hours.index_of_identity("@1704153600/1704240000"));
  for (const char* text : {"", "@", "@1704153600", "@x/y", "1704153600/1704240000",
                           "@1704153600/1704240000x", "@99999999999999999999/1"}) {
    CHECK_FALSE(days.index_of_identity(text));
  }
}

TEST_CASE("nothing is enumerated: minutes of all years are counted as quickly as days") {
  const auto minutes = space(cron("* * * * *", "1850-01-01", "Europe/Berlin"), "2500-12-31");
  CHECK(minutes.size() > 340'000'000);
  for (Index i = 0; i < minutes.size(); i += minutes.size() / 1000) {
    REQUIRE(minutes.index_of(minutes.key_at(i)) == i);
  }
}

}  // namespace
}  // namespace partita
