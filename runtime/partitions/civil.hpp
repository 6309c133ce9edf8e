// Civil time: dates and clock readings of a place, without the place.
//
// Local seconds count from 1970-01-01T00:00:00 on the clock of whatever zone is meant. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace partita {

using LocalSeconds = std::int64_t;

inline constexpr std::int64_t kDaySeconds = 86400;

struct CivilDate {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
};

struct CivilTime {
  CivilDate date;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0) && ((a < 0) != (b < 0)) ? 1 : 0);
}

constexpr bool is_leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

// Days since 1970-01-01.
std::int64_t day_number(CivilDate date);
CivilDate civil_date(std::int64_t day);
int days_in_month(int year, int month);
int day_of_year(CivilDate date);   // 0 on the first of January
int weekday_of(std::int64_t day);  // 0 Sunday .. 6 Saturday

LocalSeconds local_seconds(const CivilTime& time);
CivilTime civil_time(LocalSeconds local);

// `2024-01-31` or `2024-01-31T10:00[:00]`, also with a space for the T; no offset.
std::optional<LocalSeconds> parse_local(std::string_view text);

}  // namespace partita
