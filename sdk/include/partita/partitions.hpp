// Builders of partitions: one dimension each. An asset takes one, or several by name.
//
//   defs.asset("orders").partitioned_by(partita::daily("2024-01-01").in("America/New_York")) = ...;
//   defs.asset("sales").by("region", partita::keys({"eu", "us"})).by("date",
//   partita::daily("2024-01-01")) = ...;
//
// Values only. Nothing here knows which keys exist, or what time it is: the host does, and refuses
// what cannot be.
#pragma once

#include <partita/abi.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita {

// A list of keys: the partitions of a static dimension, or, in a dependency, the upstream
// partitions it takes, or what a function given to map_by() answers.
struct Keys {
  std::vector<std::string> values;

  Keys& add(std::string key) {
    values.push_back(std::move(key));
    return *this;
  }
};
inline Keys keys(std::vector<std::string> values) {
  return {std::move(values)};
}

// One dimension. Made by the functions below; the members are those of partita_dimension.
struct Dimension {
  std::uint32_t kind = 0;
  std::string name;
  std::uint32_t cadence = 0;
  int minute_offset = 0;
  int hour_offset = 0;
  int day_offset = 0;
  int end_offset = 0;
  std::string cron;
  std::string start;
  std::string end;
  std::string timezone;
  std::string format;
  std::vector<std::string> exclusions;
  std::vector<std::string> keys;
  std::string dynamic_set;

  Dimension() = default;
  Dimension(Keys list) : kind(PARTITA_DIMENSION_STATIC), keys(std::move(list.values)) {}
};

// The names in the set are added and removed while the project runs.
inline Dimension dynamic(std::string set) {
  Dimension dimension;
  dimension.kind = PARTITA_DIMENSION_DYNAMIC;
  dimension.dynamic_set = std::move(set);
  return dimension;
}

// Windows from one tick of a schedule to the next. `start` is local to the zone, "2024-01-01" or
// with a time, "2024-01-01-06:00".
class TimePartitions {
 public:
  TimePartitions(std::uint32_t cadence, std::string start) {
    dimension_.kind = PARTITA_DIMENSION_TIME;
    dimension_.cadence = cadence;
    dimension_.start = std::move(start);
  }

  // The first instant that has no partition any more; without it they go on.
  TimePartitions& until(std::string end) { return set(dimension_.end, std::move(end)); }
  // An IANA zone; UTC without it.
  TimePartitions& in(std::string timezone) { return set(dimension_.timezone, std::move(timezone)); }
  // Where in the hour, the day, and the week or month each window begins. day() counts from 0,
  // Sunday, where weekly, and from 1 where monthly or longer.
  TimePartitions& at_minute(int minute) { return set(dimension_.minute_offset, minute); }
  TimePartitions& at_hour(int hour) { return set(dimension_.hour_offset, hour); }
  TimePartitions& day(int day) { return set(dimension_.day_offset, day); }
  // A partition exists once its window has ended; so many more or, negative, fewer.
  TimePartitions& end_offset(int windows) { return set(dimension_.end_offset, windows); }
  // How a key is written, in strftime's conversions; no two windows may read the same.
  TimePartitions& format(std::string format) { return set(dimension_.format, std::move(format)); }
  // Windows left out: their keys, or cron schedules of their starts.
  TimePartitions& except(std::vector<std::string> windows) {
    return set(dimension_.exclusions, std::move(windows));
  }
  TimePartitions& on_schedule(std::string cron) { return set(dimension_.cron, std::move(cron)); }

  operator Dimension() const { return dimension_; }

 private:
  template <class T>
  TimePartitions& set(T& member, T value) {
    member = std::move(value);
    return *this;
  }

  Dimension dimension_;
};

inline TimePartitions hourly(std::string start) {
  return {PARTITA_HOURLY, std::move(start)};
}
inline TimePartitions daily(std::string start) {
  return {PARTITA_DAILY, std::move(start)};
}
inline TimePartitions weekly(std::string start) {
  return {PARTITA_WEEKLY, std::move(start)};
}
inline TimePartitions monthly(std::string start) {
  return {PARTITA_MONTHLY, std::move(start)};
}
inline TimePartitions quarterly(std::string start) {
  return {PARTITA_QUARTERLY, std::move(start)};
}
inline TimePartitions yearly(std::string start) {
  return {PARTITA_YEARLY, std::move(start)};
}
// Five fields: minute, hour, day of the month, month, day of the week.
inline TimePartitions cron(std::string schedule, std::string start) {
  return TimePartitions(PARTITA_CRON, std::move(start)).on_schedule(std::move(schedule));
}

}  // namespace partita
#pragma GCC visibility pop
