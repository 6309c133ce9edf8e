#include "partitions/time_schedule.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "partitions/key.hpp"

namespace partita {
namespace {

constexpr int kFirstYear = 1850;
constexpr int kLastYear = 2500;
constexpr std::string_view kDateFormat = "%Y-%m-%d";
constexpr std::string_view kMinuteFormat = "%Y-%m-%d-%H:%M";

// What the format tells apart of what the ticks differ in; empty where that is enough, otherwise
// what is missing.
std::string_view missing_in(const TimeFormat& format, const CronSchedule& cron,
                            const CronIndex::Spread& spread) {
  const auto has = [&](char conversion) { return format.has(conversion); };
  const bool iso_week = has('G') && has('V');
  const bool year = has('Y') || has('y');
  if (!year && !iso_week) return "the year";
  const bool week = iso_week || has('U') || has('W');
  const bool weekday = has('a') || has('A') || has('u') || has('w');
  const bool month = year && (has('m') || has('b') || has('B'));
  const bool day = (year && has('j')) || (month && has('d')) || (week && weekday) ||
                   (week && !spread.weekdays) || ((month || iso_week) && !spread.days_of_month) ||
                   !spread.days_of_year;
  if (!day) return "the day";
  const bool hour = has('H') || (has('I') && has('p')) || cron.hour_count() == 1;
  if (!hour) return "the hour";
  if (!has('M') && cron.minute_count() > 1) return "the minute";
  return {};
}

// The cadence's own format: what is needed and no more.
std::string_view default_format(const TimeDimension& dimension, const CronSchedule& cron) {
  const bool by_day = cron.hour_count() == 1 && cron.minute_count() == 1;
  return dimension.cadence == Cadence::hourly || !by_day ? kMinuteFormat : kDateFormat;
}

Result<TimeFormat> read_format(const TimeDimension& dimension, const CronSchedule& cron,
                               const CronIndex::Spread& spread) {
  auto format = TimeFormat::parse(dimension.format.empty() ? default_format(dimension, cron)
                                                           : dimension.format);
  if (!format) return format;
  const std::string_view missing = missing_in(*format, cron, spread);
  if (missing.empty()) return format;
  return usage_error(
      fmt::format("refuse format `{}`: it lacks {}, and so gives several windows one key",
                  printable_key(dimension.format), missing));
}

Status refuse_offsets(const TimeDimension& dimension, bool hour, bool day) {
  if (hour && dimension.hour_offset != 0) {
    return usage_error(
        fmt::format("refuse hour_offset {}: the cadence has none", dimension.hour_offset));
  }
  if (day && dimension.day_offset != 0) {
    return usage_error(
        fmt::format("refuse day_offset {}: the cadence has none", dimension.day_offset));
  }
  return {};
}

Status check_offsets(const TimeDimension& dimension) {
  const bool cron = dimension.cadence == Cadence::cron;
  if (cron && dimension.minute_offset != 0) {
    return usage_error(fmt::format("refuse minute_offset {}: the cron schedule has its own",
                                   dimension.minute_offset));
  }
  if (!cron && !dimension.cron.empty()) {
    return usage_error(fmt::format("refuse cron schedule `{}`: the cadence is another",
                                   printable_key(dimension.cron)));
  }
  return refuse_offsets(
      dimension, cron || dimension.cadence == Cadence::hourly,
      cron || dimension.cadence == Cadence::hourly || dimension.cadence == Cadence::daily);
}

}  // namespace

Result<std::string> cron_of(const TimeDimension& dimension) {
  if (Status status = check_offsets(dimension); !status) return status.error();
  const std::string time = fmt::format("{} {}", dimension.minute_offset, dimension.hour_offset);
  const int day = dimension.day_offset == 0 ? 1 : dimension.day_offset;
  switch (dimension.cadence) {
    case Cadence::hourly:
      return fmt::format("{} * * * *", dimension.minute_offset);
    case Cadence::daily:
      return time + " * * *";
    case Cadence::weekly:
      return fmt::format("{} * * {}", time, dimension.day_offset);
    case Cadence::monthly:
      return fmt::format("{} {} * *", time, day);
    case Cadence::quarterly:
      return fmt::format("{} {} 1,4,7,10 *", time, day);
    case Cadence::yearly:
      return fmt::format("{} {} 1 *", time, day);
    case Cadence::cron:
      return dimension.cron;
  }
  return dimension.cron;
}

TimeSchedule::TimeSchedule(CronSchedule cron, std::shared_ptr<const TimeZone> zone,
                           TimeFormat format, CronIndex index)
    : cron_(cron),
      zone_(std::move(zone)),
      format_(std::move(format)),
      every_hour_(cron.covers_every_hour()),
      all_(std::move(index), zone_, every_hour_) {}

Result<std::shared_ptr<const TimeSchedule>> TimeSchedule::compile(const TimeDimension& dimension) {
  const auto text = cron_of(dimension);
  if (!text) return text.error();
  const auto cron = CronSchedule::parse(*text);
  if (!cron) return cron.error();
  auto zone = TimeZone::load(dimension.timezone);
  if (!zone) return zone.error();
  CronIndex index(*cron);
  auto format = read_format(dimension, *cron, index.spread());
  if (!format) return format.error();
  std::shared_ptr<TimeSchedule> schedule(
      new TimeSchedule(*cron, *std::move(zone), *std::move(format), std::move(index)));
  if (Status status = schedule->read_range(dimension); !status) return status.error();
  if (Status status = schedule->read_exclusions(dimension); !status) return status.error();
  return std::shared_ptr<const TimeSchedule>(std::move(schedule));
}

Result<Instant> TimeSchedule::read_bound(std::string_view text, std::string_view what) const {
  std::optional<LocalSeconds> local = parse_local(text);
  if (const auto reading = format_.read(text); reading && !local) local = reading->local;
  if (!local) {
    return usage_error(fmt::format("read {} `{}`: want a date, as 2024-01-31 or 2024-01-31T06:00",
                                   what, printable_key(text)));
  }
  const int year = civil_time(*local).date.year;
  if (year >= kFirstYear && year <= kLastYear) return zone_->first_at(*local);
  return usage_error(fmt::format("refuse {} `{}`: want a year from {} to {}", what,
                                 printable_key(text), kFirstYear, kLastYear));
}

Status TimeSchedule::read_range(const TimeDimension& dimension) {
  auto start = read_bound(dimension.start, "start");
  if (!start) return std::move(start).error();
  start_ = *start;
  end_offset_ = dimension.end_offset;
  if (!dimension.end.empty()) {
    auto end = read_bound(dimension.end, "end");
    if (!end) return std::move(end).error();
    end_ = *end;
  }
  if (!format_.has('Y') && format_.has('y')) {
    if (Status status = keep_to_two_digit_years(dimension); !status) return status;
  }
  return validate_key(key_of(start_of(count_starting_before(start_))));
}

// Two digits name the years 1969 to 2068.
Status TimeSchedule::keep_to_two_digit_years(const TimeDimension& dimension) {
  const Instant first = zone_->first_at(local_seconds({{1969, 1, 1}}));
  const Instant last = zone_->first_at(local_seconds({{2069, 1, 1}}));
  if (start_ < first || (end_ && *end_ > last)) {
    return usage_error(fmt::format("refuse format `{}`: %y tells apart the years 1969 to 2068 only",
                                   printable_key(dimension.format)));
  }
  end_ = end_.value_or(last);
  return {};
}

Status TimeSchedule::read_exclusions(const TimeDimension& dimension) {
  std::vector<CronSchedule> schedules;
  std::vector<std::string_view> keys;
  for (const std::string& exclusion : dimension.exclusions) {
    if (format_.read(exclusion)) {
      keys.push_back(exclusion);
      continue;
    }
    auto schedule = CronSchedule::parse(exclusion);
    if (!schedule) {
      return std::move(schedule).error().wrap(
          fmt::format("read exclusion `{}`, no key", printable_key(exclusion)));
    }
    schedules.push_back(*schedule);
  }
  if (schedules.size() > kMostExcludedSchedules) {
    return usage_error(fmt::format("refuse {} excluded cron schedules: at most {} are allowed",
                                   schedules.size(), kMostExcludedSchedules));
  }
  if (!schedules.empty()) {
    CronIndex rest(cron_, schedules);
    if (rest.empty()) return usage_error("refuse the exclusions: they leave no windows");
    kept_.emplace(std::move(rest), zone_, every_hour_);
  }
  std::vector<Index> excluded;
  for (const std::string_view key : keys) {
    if (const auto ordinal = ordinal_of(key)) excluded.push_back(*ordinal);
  }
  std::sort(excluded.begin(), excluded.end());
  excluded.erase(std::unique(excluded.begin(), excluded.end()), excluded.end());
  excluded_ = std::move(excluded);
  return {};
}

Index TimeSchedule::count_starting_before(Instant instant) const {
  const Index ordinal = kept().count_before(instant);
  return ordinal -
         (std::lower_bound(excluded_.begin(), excluded_.end(), ordinal) - excluded_.begin());
}

Index TimeSchedule::count_ended(Instant now) const {
  return count_starting_before(all_.last_until(now));
}

Instant TimeSchedule::start_of(Index ordinal) const {
  // Before the window come those excluded ordinals e_j for which e_j - j is not greater.
  std::size_t low = 0, high = excluded_.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (excluded_[middle] - static_cast<Index>(middle) <= ordinal) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return kept().at(ordinal + static_cast<Index>(low));
}

Window TimeSchedule::window_of(Index ordinal) const {
  const Instant start = start_of(ordinal);
  return {start, all_.next_after(start)};
}

// The second of two equal times carries its offset. A window that starts at the end of a gap has
// the name of that instant, unless the next window has the same; then it has the name of the time
// that was skipped.
std::string TimeSchedule::key_of(Instant start) const {
  const std::int64_t offset = zone_->offset_at(start);
  std::string key = format_.write(start + offset, offset);
  if (every_hour_) {
    if (!format_.has('z') && zone_->repeats(start)) key += format_offset(offset);
    return key;
  }
  const auto skipped = all_.skipped_time_of(start);
  if (!skipped) return key;
  const Instant next = all_.next_after(start);
  if (format_.write(zone_->to_local(next), zone_->offset_at(next)) != key) return key;
  return format_.write(*skipped, offset);
}

Instant TimeSchedule::instant_of(const TimeFormat::Reading& reading) const {
  if (reading.offset) return reading.local - *reading.offset;
  return every_hour_ ? zone_->first_at(reading.local) : zone_->last_at(reading.local);
}

std::optional<Instant> TimeSchedule::read_key(std::string_view key) const {
  const auto reading = format_.read(key);
  return reading ? std::optional(instant_of(*reading)) : std::nullopt;
}

// Mostly the text is complete and the tick is there, which needs no search.
std::optional<Index> TimeSchedule::ordinal_of(std::string_view key) const {
  const auto reading = format_.read(key);
  if (!reading) return std::nullopt;
  const Instant instant = instant_of(*reading);
  const Index ordinal = count_starting_before(instant);
  if (count_starting_before(instant + 1) > ordinal && names(instant, key)) return ordinal;
  if (const auto near = named_from(instant, key)) return near;
  const Instant completed = instant_of(completed_from(*reading));
  return completed == instant ? std::nullopt : named_from(completed, key);
}

// The first tick from there on, or the one after where the first has its name from a skipped time.
std::optional<Index> TimeSchedule::named_from(Instant instant, std::string_view key) const {
  const Index ordinal = count_starting_before(instant);
  if (names(start_of(ordinal), key)) return ordinal;
  if (names(start_of(ordinal + 1), key)) return ordinal + 1;
  return std::nullopt;
}

// A text may leave out what all ticks share: the day of the week or month, the hour, the minute. It
// was read as the earliest such time; this puts in what the schedule knows.
TimeFormat::Reading TimeSchedule::completed_from(TimeFormat::Reading reading) const {
  constexpr LocalSeconds kMinute = 60, kHour = 3600;
  const LocalSeconds midnight = floor_div(reading.local, kDaySeconds) * kDaySeconds;
  const Instant tick = start_of(count_starting_before(zone_->first_at(midnight)));
  const LocalSeconds day = floor_div(zone_->to_local(tick), kDaySeconds) * kDaySeconds;
  reading.local += day - midnight;
  const bool has_hour = format_.has('H') || (format_.has('I') && format_.has('p'));
  if (!has_hour) reading.local += cron_.first_hour() * kHour;
  if (!format_.has('M')) reading.local += cron_.first_minute() * kMinute;
  return reading;
}

bool TimeSchedule::is_excluded(std::string_view key) const {
  const auto instant = read_key(key);
  if (!instant) return false;
  const Index tick = all_.count_before(*instant);
  return (names(all_.at(tick), key) || names(all_.at(tick + 1), key)) && !ordinal_of(key);
}

}  // namespace partita
