// English names of months and weekdays, whatever the locale.
#pragma once

#include <string_view>

#include "partitions/civil.hpp"

namespace partita {

inline constexpr std::string_view kMonthNames[] = {"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
inline constexpr std::string_view kWeekdayNames[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                     "Thursday", "Friday", "Saturday"};

// 1 Monday .. 7 Sunday, of a day since 1970-01-01.
inline int iso_weekday(std::int64_t day) {
  return (weekday_of(day) + 6) % 7 + 1;
}

}  // namespace partita
