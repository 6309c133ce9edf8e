// A CronIndex counts the ticks of a cron schedule on a clock that never jumps.
//
// Ticks have ordinals, 0 the first of the year 1600; both directions take a few table look-ups
// because the calendar repeats after 400 years. Knows no zones. Immutable; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "partitions/civil.hpp"
#include "partitions/cron.hpp"

namespace partita {

using Index = std::int64_t;

// Some of the minutes of a day.
class MinuteSet {
 public:
  MinuteSet() = default;
  MinuteSet(const CronSchedule& schedule, std::span<const CronSchedule> excluded);

  int size() const { return static_cast<int>(minutes_.size()); }
  int count_before(int minute) const { return before_[static_cast<std::size_t>(minute)]; }
  int at(int n) const { return minutes_[static_cast<std::size_t>(n)]; }

 private:
  static constexpr std::size_t kPerDay = 1440;
  std::array<std::uint16_t, kPerDay + 1> before_{};
  std::vector<std::uint16_t> minutes_;
};

inline constexpr std::size_t kMostExcludedSchedules = 64;

class CronIndex {
 public:
  // Ticks of `schedule` that are no tick of any of `excluded`, of which there are at most
  // kMostExcludedSchedules.
  explicit CronIndex(const CronSchedule& schedule, std::span<const CronSchedule> excluded = {});

  bool empty() const { return ticks_before_.back() == 0; }
  Index count_before(LocalSeconds local) const;
  LocalSeconds at(Index ordinal) const;  // not of an empty index

  // What a key must tell apart: whether a year, or a month, may have several days with ticks, and
  // whether these fall on several weekdays.
  struct Spread {
    bool days_of_year = false;
    bool days_of_month = false;
    bool weekdays = false;
  };
  const Spread& spread() const { return spread_; }

 private:
  // A year's days with the ticks before each; there are 14 kinds, by leap and by first weekday.
  struct Year {
    std::array<std::int32_t, 367> before{};
    std::array<std::uint16_t, 366> minutes{};  // which of minute_sets_
  };
  class Builder;

  const Year& kind_of(std::int64_t year_of_cycle) const {
    return years_[kinds_[static_cast<std::size_t>(year_of_cycle)]];
  }

  std::vector<MinuteSet> minute_sets_;  // the first is empty
  std::vector<Year> years_;
  std::array<std::uint8_t, 400> kinds_{};  // by year of the cycle, as the next two
  std::array<std::int64_t, 401> days_before_{};
  std::array<std::int64_t, 401> ticks_before_{};
  Spread spread_;
};

}  // namespace partita
