// Time dimensions against a model that walks: every minute of some days, each mapped by Abseil
// alone.
#include <absl/time/time.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "partitions/cron.hpp"
#include "partitions/time_space.hpp"
#include "zones.hpp"

namespace partita {
namespace {

constexpr Instant k1850 = -3'786'825'600;
constexpr Instant k2500 = 16'725'225'600;

absl::TimeZone absl_zone(const std::string& name) {
  absl::TimeZone zone;
  REQUIRE(absl::LoadTimeZone(name, &zone));
  return zone;
}

CronDay cron_day(absl::CivilDay day) {
  const auto month = [](absl::CivilDay of) { return absl::CivilMonth(of); };
  return {day.month(), day.day(), (static_cast<int>(absl::GetWeekday(day)) + 1) % 7,
          month(day + 1) != month(day), month(day + 7) != month(day)};
}

// What a matching time of the calendar comes to.
void add_ticks(absl::TimeZone zone, absl::CivilSecond time, bool every_hour,
               std::set<Instant>& ticks) {
  const auto at = zone.At(time);
  const auto add = [&](absl::Time tick) { ticks.insert(absl::ToUnixSeconds(tick)); };
  switch (at.kind) {
    case absl::TimeZone::TimeInfo::UNIQUE:
      return add(at.pre);
    case absl::TimeZone::TimeInfo::REPEATED:
      if (every_hour) add(at.pre);
      return add(at.post);
    case absl::TimeZone::TimeInfo::SKIPPED:
      if (!every_hour) add(at.trans);
      return;
  }
}

std::set<Instant> walk(absl::TimeZone zone, const CronSchedule& cron, absl::CivilDay first,
                       absl::CivilDay last) {
  std::set<Instant> ticks;
  for (absl::CivilDay day = first; day <= last; ++day) {
    if (!cron.matches_day(cron_day(day))) continue;
    for (int minute = 0; minute < 24 * 60; ++minute) {
      if (!cron.matches_minute(minute)) continue;
      add_ticks(zone, absl::CivilSecond(day) + minute * 60, cron.covers_every_hour(), ticks);
    }
  }
  return ticks;
}

// A day can be repeated as a whole, where a place went over the date line: the days around are
// walked too, and then left off.
std::set<Instant> walk_some_days(absl::TimeZone zone, const CronSchedule& cron,
                                 absl::CivilDay first) {
  std::set<Instant> ticks = walk(zone, cron, first - 2, first + 6);
  const auto begin = absl::ToUnixSeconds(zone.At(absl::CivilSecond(first)).pre);
  const auto end = absl::ToUnixSeconds(zone.At(absl::CivilSecond(first + 5)).pre);
  ticks.erase(ticks.begin(), ticks.lower_bound(begin));
  ticks.erase(ticks.lower_bound(end), ticks.end());
  return ticks;
}

class Sampler {
 public:
  explicit Sampler(std::uint32_t seed) : random_(seed) {}

  std::int64_t number(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }

  // Half of the days are near a change of the offset, where there is one.
  absl::CivilDay day(absl::TimeZone zone) {
    const absl::Time at = absl::FromUnixSeconds(number(k1850, k2500));
    absl::TimeZone::CivilTransition change;
    if (number(0, 1) == 0 && zone.NextTransition(at, &change)) {
      return absl::CivilDay(change.from) - number(0, 3);
    }
    return absl::ToCivilDay(at, zone);
  }

  std::string cron() {
    constexpr const char* kHours[] = {"*", "*", "0", "0,1", "2", "1-3", "*/6", "22-2", "3,4"};
    constexpr const char* kDays[] = {"* * *",    "* * *", "* * 1-5", "*/2 * *", "1,15 * *",
                                     "13 * FRI", "L * *", "* * 5#2", "? */3 *", "29-31 * L0"};
    return minutes() + " " + kHours[number(0, 8)] + " " + kDays[number(0, 9)];
  }

 private:
  std::string minutes() {
    constexpr const char* kMinutes[] = {"0", "30", "*/15", "5-50/20", "0,59", "45"};
    return kMinutes[number(0, 5)];
  }

  std::mt19937 random_;
};

std::shared_ptr<const TimeSchedule> schedule_of(const std::string& zone, const std::string& cron) {
  TimeDimension time;
  time.cadence = Cadence::cron;
  time.cron = cron;
  time.timezone = zone;
  time.start = "1900-01-01";
  auto schedule = TimeSchedule::compile(time);
  REQUIRE(schedule);
  return *schedule;
}

void compare(const TimeDimensionSpace& space, const std::set<Instant>& ticks) {
  if (ticks.empty()) return;
  Index index = space.first_starting_at_or_after(*ticks.begin());
  for (auto tick = ticks.begin(); tick != ticks.end(); ++tick, ++index) {
    const Window window = space.any_window_at(index);
    REQUIRE(window.start == *tick);
    REQUIRE(space.first_starting_at_or_after(*tick) == index);
    REQUIRE(space.first_starting_at_or_after(*tick + 1) == index + 1);
    REQUIRE(space.first_ending_after(window.end - 1) == index);
    REQUIRE(space.first_ending_after(window.end) == index + 1);
    if (std::next(tick) != ticks.end()) REQUIRE(window.end == *std::next(tick));
    const std::string key = space.any_key_at(index);
    CAPTURE(key);
    REQUIRE(space.any_index_of(key) == index);
  }
}

TEST_CASE("windows and keys are those of a walk over the calendar, in every zone") {
  Sampler sample(20240310);
  const auto zones = testing::all_zones();
  for (const std::string& zone : zones) {
    CAPTURE(zone);
    const absl::TimeZone walked = absl_zone(zone);
    for (int i = 0; i < 3; ++i) {
      const std::string cron = sample.cron();
      CAPTURE(cron);
      const TimeDimensionSpace space(schedule_of(zone, cron), 0);
      for (int j = 0; j < 4; ++j) {
        compare(space, walk_some_days(walked, *CronSchedule::parse(cron), sample.day(walked)));
      }
    }
  }
}

// A mistake that adds up over the years shows here alone.
TEST_CASE("the number of windows from 1850 to 2500 is that of a walk") {
  constexpr std::pair<const char*, const char*> kCases[] = {
      {"America/New_York", "30 2 * * 0"},
      {"Africa/Casablanca", "0 * 13 * *"},
  };
  for (const auto& [zone, cron] : kCases) {
    CAPTURE(zone);
    const auto ticks = walk(absl_zone(zone), *CronSchedule::parse(cron), absl::CivilDay(1850, 1, 1),
                            absl::CivilDay(2499, 12, 31));
    const TimeDimensionSpace space(schedule_of(zone, cron), 0);
    const Index first = space.first_starting_at_or_after(*ticks.begin());
    const Index last = space.first_starting_at_or_after(*ticks.rbegin());
    CHECK(last - first + 1 == static_cast<Index>(ticks.size()));
    CHECK(space.any_window_at(last).start == *ticks.rbegin());
  }
}

}  // namespace
}  // namespace partita
