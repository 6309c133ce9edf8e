// A CronSchedule: which minutes of which days five cron fields name. Knows no zone and no years.
//
// minute hour day-of-month month day-of-week, each `*`, numbers, names (JAN, SUN), ranges `a-b`
// (also around the end: FRI-MON), steps `*/n`, `a-b/n`, `a/n`, and lists of these. Days: `L` the
// last of the month; weekdays: 7 is Sunday, `5#2` the second Friday, `L5` the last. `?` is `*` for
// a day. Where both day fields restrict, a day that satisfies either matches; a field that starts
// from `*`, such as
// `*/2`, restricts. A value; any thread.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace partita {

// A day as cron looks at it.
struct CronDay {
  int month = 1;    // 1..12
  int day = 1;      // 1..31
  int weekday = 0;  // 0 Sunday
  bool last_of_month = false;
  bool last_of_its_weekday = false;  // in the month
};

class CronSchedule {
 public:
  // Also @hourly, @daily, @midnight, @weekly, @monthly, @quarterly, @yearly, @annually. Errors
  // point at the column; a schedule that no day of any year matches is refused.
  static Result<CronSchedule> parse(std::string_view text);

  bool matches_day(const CronDay& day) const;
  bool matches_minute(int minute_of_day) const {
    return hours_[minute_of_day / 60] && minutes_[minute_of_day % 60];
  }

  std::size_t minute_count() const { return minutes_.count(); }  // per hour
  std::size_t hour_count() const { return hours_.count(); }      // per day
  int first_minute() const;                                      // of an hour
  int first_hour() const;

  // All 24 hours: such a schedule follows the clock through both runs of a repeated hour.
  bool covers_every_hour() const { return hours_.all(); }

 private:
  friend class CronParser;
  bool matches_day_of_month(const CronDay& day) const;
  bool matches_weekday(const CronDay& day) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  std::array<std::bitset<6>, 7> nth_weekdays_;  // by weekday; bit 0 is the last, 1..5 the nth
  bool last_day_ = false;
  bool any_day_ = false;      // the day-of-month field does not restrict
  bool any_weekday_ = false;  // nor the day-of-week field
};

}  // namespace partita
