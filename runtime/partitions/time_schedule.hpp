// A TimeSchedule: a time dimension compiled, without a "now".
//
// Its windows go from one tick to the next. They have ordinals, counted from some early tick on to
// both sides of the declared range; excluded windows have none, and their neighbours are no longer
// for it. An exclusion goes by the calendar: hours without `0 1 * * *` lack both runs of a repeated
// one o'clock. Immutable; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partitions/space.hpp"
#include "partitions/time_format.hpp"
#include "partitions/zoned_ticks.hpp"

namespace partita {

// The cron fields a cadence and its offsets stand for.
Result<std::string> cron_of(const TimeDimension& dimension);

class TimeSchedule {
 public:
  // Refuses what can never be a schedule, naming the value: see validated() in definition.hpp. An
  // end that is not after the start is taken, and leaves nothing.
  static Result<std::shared_ptr<const TimeSchedule>> compile(const TimeDimension& dimension);

  Instant start() const { return start_; }
  std::optional<Instant> end() const { return end_; }
  int end_offset() const { return end_offset_; }

  // The number of windows that start before, and that end at or before, the instant.
  Index count_starting_before(Instant instant) const;
  Index count_ended(Instant now) const;

  Instant start_of(Index ordinal) const;
  Window window_of(Index ordinal) const;
  std::string key_of(Instant start) const;

  // The first instant a text can mean; nothing where the format cannot read it.
  std::optional<Instant> read_key(std::string_view key) const;

  // The ordinal of the window whose key is written exactly so.
  std::optional<Index> ordinal_of(std::string_view key) const;

  bool is_excluded(std::string_view key) const;  // a key of the schedule without its exclusions

 private:
  TimeSchedule(CronSchedule cron, std::shared_ptr<const TimeZone> zone, TimeFormat format,
               CronIndex index);
  Status read_range(const TimeDimension& dimension);
  Status keep_to_two_digit_years(const TimeDimension& dimension);
  Status read_exclusions(const TimeDimension& dimension);
  Result<Instant> read_bound(std::string_view text, std::string_view what) const;
  bool names(Instant start, std::string_view key) const { return key_of(start) == key; }
  std::optional<Index> named_from(Instant instant, std::string_view key) const;
  Instant instant_of(const TimeFormat::Reading& reading) const;
  TimeFormat::Reading completed_from(TimeFormat::Reading reading) const;
  const ZonedTicks& kept() const { return kept_ ? *kept_ : all_; }

  CronSchedule cron_;
  std::shared_ptr<const TimeZone> zone_;
  TimeFormat format_;
  bool every_hour_;
  ZonedTicks all_;
  std::optional<ZonedTicks> kept_;  // without the ticks of excluded cron schedules
  std::vector<Index> excluded_;     // the ordinals in kept() of excluded keys, ascending
  Instant start_ = 0;
  std::optional<Instant> end_;
  int end_offset_ = 0;
};

}  // namespace partita
