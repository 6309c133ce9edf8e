#include "partitions/cron_index.hpp"

#include <algorithm>
#include <bit>

namespace partita {
namespace {

constexpr std::int64_t kCycleYears = 400;
constexpr std::int64_t kCycleDays = 146097;
constexpr std::int64_t kOriginYear = 1600;  // a multiple of the cycle
constexpr std::int64_t kOriginDay = -135140;

// The last position whose value is not greater; the values ascend.
template <class Values>
std::int64_t last_not_after(const Values& values, std::int64_t wanted) {
  return std::upper_bound(values.begin(), values.end(), wanted) - values.begin() - 1;
}

// The same for values that mostly ascend evenly: tried first is where it would then be.
template <class Values>
std::int64_t last_not_after(const Values& values, std::int64_t wanted, std::int64_t guess) {
  const auto at = static_cast<std::size_t>(guess);
  if (values[at] <= wanted && wanted < values[at + 1]) return guess;
  return last_not_after(values, wanted);
}

}  // namespace

MinuteSet::MinuteSet(const CronSchedule& schedule, std::span<const CronSchedule> excluded) {
  for (std::size_t minute = 0; minute < kPerDay; ++minute) {
    const auto matches = [&](const CronSchedule& of) {
      return of.matches_minute(static_cast<int>(minute));
    };
    if (matches(schedule) && std::none_of(excluded.begin(), excluded.end(), matches)) {
      minutes_.push_back(static_cast<std::uint16_t>(minute));
    }
    before_[minute + 1] = static_cast<std::uint16_t>(minutes_.size());
  }
}

// Fills the tables of the 14 kinds of years.
class CronIndex::Builder {
 public:
  Builder(CronIndex& index, const CronSchedule& schedule, std::span<const CronSchedule> excluded)
      : index_(index), schedule_(schedule), excluded_(excluded) {}

  void build() {
    index_.minute_sets_.emplace_back();
    index_.years_.resize(14);
    for (int kind = 0; kind < 14; ++kind) build_year(kind % 2 == 1, kind / 2);
  }

 private:
  void build_year(bool leap, int first_weekday) {
    const int kind = first_weekday * 2 + leap;
    Year& year = index_.years_[static_cast<std::size_t>(kind)];
    std::size_t at = 0;
    int ticking_days = 0;
    for (int month = 1; month <= 12; ++month) {
      const int length = days_in_month(leap ? 2000 : 2001, month);
      const int before_month = ticking_days;
      for (int day = 1; day <= length; ++day, ++at) {
        const int weekday = (first_weekday + static_cast<int>(at)) % 7;
        year.minutes[at] = minutes_of({month, day, weekday, day == length, day + 7 > length});
        year.before[at + 1] = year.before[at] + index_.minute_sets_[year.minutes[at]].size();
        if (year.minutes[at] == 0) continue;
        ++ticking_days;
        weekdays_ |= 1U << weekday;
      }
      index_.spread_.days_of_month |= ticking_days - before_month > 1;
    }
    for (; at < 366; ++at) year.before[at + 1] = year.before[at];
    index_.spread_.days_of_year |= ticking_days > 1;
    index_.spread_.weekdays |= !std::has_single_bit(weekdays_);
  }

  // Days that the same exclusions fall on share their minutes.
  std::uint16_t minutes_of(const CronDay& day) {
    if (!schedule_.matches_day(day)) return 0;
    std::uint64_t falling = 0;
    for (std::size_t i = 0; i < excluded_.size(); ++i) {
      if (excluded_[i].matches_day(day)) falling |= std::uint64_t{1} << i;
    }
    const auto known = std::find(falling_.begin(), falling_.end(), falling) - falling_.begin();
    if (known == std::ssize(falling_)) add_minutes(falling);
    return static_cast<std::uint16_t>(1 + known);
  }

  void add_minutes(std::uint64_t falling) {
    std::vector<CronSchedule> excluded;
    for (std::size_t i = 0; i < excluded_.size(); ++i) {
      if (falling >> i & 1) excluded.push_back(excluded_[i]);
    }
    falling_.push_back(falling);
    index_.minute_sets_.emplace_back(schedule_, excluded);
  }

  CronIndex& index_;
  const CronSchedule& schedule_;
  std::span<const CronSchedule> excluded_;
  std::vector<std::uint64_t> falling_;  // of each minute set but the empty one
  unsigned weekdays_ = 0;
};

CronIndex::CronIndex(const CronSchedule& schedule, std::span<const CronSchedule> excluded) {
  Builder(*this, schedule, excluded).build();
  for (std::int64_t year = 0; year < kCycleYears; ++year) {
    const auto at = static_cast<std::size_t>(year);
    const bool leap = is_leap(kOriginYear + year);
    kinds_[at] = static_cast<std::uint8_t>(weekday_of(kOriginDay + days_before_[at]) * 2 + leap);
    days_before_[at + 1] = days_before_[at] + (leap ? 366 : 365);
    ticks_before_[at + 1] = ticks_before_[at] + kind_of(year).before[366];
  }
}

Index CronIndex::count_before(LocalSeconds local) const {
  const std::int64_t day = floor_div(local, kDaySeconds);
  const auto minute = static_cast<int>((local - day * kDaySeconds + 59) / 60);
  const std::int64_t cycle = floor_div(day - kOriginDay, kCycleDays);
  const std::int64_t day_of_cycle = day - kOriginDay - cycle * kCycleDays;
  // A division lands on the year or next to it.
  std::int64_t year = day_of_cycle * kCycleYears / kCycleDays;
  if (days_before_[static_cast<std::size_t>(year)] > day_of_cycle) --year;
  if (days_before_[static_cast<std::size_t>(year) + 1] <= day_of_cycle) ++year;
  const auto at = static_cast<std::size_t>(year);
  const auto day_of_year = static_cast<std::size_t>(day_of_cycle - days_before_[at]);
  const Year& kind = kind_of(year);
  return cycle * ticks_before_[kCycleYears] + ticks_before_[at] + kind.before[day_of_year] +
         minute_sets_[kind.minutes[day_of_year]].count_before(minute);
}

LocalSeconds CronIndex::at(Index ordinal) const {
  const std::int64_t cycle = floor_div(ordinal, ticks_before_[kCycleYears]);
  std::int64_t rest = ordinal - cycle * ticks_before_[kCycleYears];
  const std::int64_t year =
      last_not_after(ticks_before_, rest, rest * kCycleYears / ticks_before_[kCycleYears]);
  rest -= ticks_before_[static_cast<std::size_t>(year)];
  const Year& kind = kind_of(year);
  const std::int64_t day = last_not_after(kind.before, rest, rest * 366 / kind.before[366]);
  rest -= kind.before[static_cast<std::size_t>(day)];
  const MinuteSet& minutes = minute_sets_[kind.minutes[static_cast<std::size_t>(day)]];
  const std::int64_t days = days_before_[static_cast<std::size_t>(year)] + day;
  const LocalSeconds minute = minutes.at(static_cast<int>(rest));
  return (kOriginDay + cycle * kCycleDays + days) * kDaySeconds + minute * 60;
}

}  // namespace partita
