#include "base/clock.hpp"

#include <fmt/format.h>

#include <boost/date_time/gregorian/gregorian_types.hpp>
#include <charconv>
#include <chrono>

namespace partita {
namespace {

namespace gregorian = boost::gregorian;

constexpr Instant kDaySeconds = 86400;
const gregorian::date kEpoch(1970, 1, 1);
// What Boost.Date_Time's calendar holds: the years 1400 to 9999.
const Instant kFirstDay = (gregorian::date(1400, 1, 1) - kEpoch).days();
const Instant kLastDay = (gregorian::date(9999, 12, 31) - kEpoch).days();

bool is_date(int year, int month, int day) {
  if (year < 1400 || month < 1 || month > 12 || day < 1) return false;
  return day <= gregorian::gregorian_calendar::end_of_month_day(static_cast<unsigned short>(year),
                                                                static_cast<unsigned short>(month));
}

class SystemClock final : public Clock {
 public:
  Instant now() const override { return now_micros() / 1'000'000; }
  std::int64_t now_micros() const override { return micros(std::chrono::system_clock::now()); }
  std::int64_t monotonic_micros() const override {
    return micros(std::chrono::steady_clock::now());
  }

 private:
  template <class TimePoint>
  static std::int64_t micros(TimePoint at) {
    using std::chrono::duration_cast, std::chrono::microseconds;
    return duration_cast<microseconds>(at.time_since_epoch()).count();
  }
};

// Reads fixed-width numbers off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool done() const { return text_.empty(); }
  bool skip(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool number(std::size_t digits, int& out) {
    if (text_.size() < digits) return false;
    const char* begin = &text_.front();
    const char* end = begin + digits;
    const auto [stop, failed] = std::from_chars(begin, end, out);
    if (failed != std::errc() || stop != end || out < 0) return false;
    text_.remove_prefix(digits);
    return true;
  }

 private:
  std::string_view text_;
};

bool read_time(Reader& in, int& hour, int& minute, int& second) {
  if (!in.number(2, hour) || !in.skip(':') || !in.number(2, minute)) return false;
  if (in.skip(':') && !in.number(2, second)) return false;
  return hour < 24 && minute < 60 && second < 60;
}

bool read_offset(Reader& in, int& offset_seconds) {
  if (in.done() || in.skip('Z')) return true;
  const int sign = in.skip('-') ? -1 : in.skip('+') ? 1 : 0;
  int hour = 0, minute = 0;
  if (sign == 0 || !in.number(2, hour)) return false;
  in.skip(':');
  if (!in.done() && !in.number(2, minute)) return false;
  offset_seconds = sign * (hour * 3600 + minute * 60);
  return true;
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string format_instant(Instant instant) {
  const Instant day = instant / kDaySeconds - (instant % kDaySeconds < 0 ? 1 : 0);
  const Instant time = instant - day * kDaySeconds;
  if (day < kFirstDay || day > kLastDay) return fmt::format("@{}", instant);
  const auto date = (kEpoch + gregorian::days(day)).year_month_day();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year),
                     static_cast<int>(date.month), static_cast<int>(date.day), time / 3600,
                     time % 3600 / 60, time % 60);
}

Result<Instant> parse_instant(std::string_view text) {
  const auto refuse = [&] {
    return usage_error(fmt::format("read time `{}`: not a date or time", text),
                       "write 2024-01-31, 2024-01-31T10:00 or 2024-01-31T10:00:00+02:00");
  };
  Reader in(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset = 0;
  if (!in.number(4, year) || !in.skip('-') || !in.number(2, month) || !in.skip('-') ||
      !in.number(2, day)) {
    return refuse();
  }
  if (in.skip('T') || in.skip(' ')) {
    if (!read_time(in, hour, minute, second)) return refuse();
    if (!read_offset(in, offset)) return refuse();
  }
  if (!in.done() || !is_date(year, month, day)) return refuse();
  const gregorian::date date(static_cast<unsigned short>(year), static_cast<unsigned short>(month),
                             static_cast<unsigned short>(day));
  return Instant{(date - kEpoch).days()} * kDaySeconds + Instant{hour} * 3600 +
         Instant{minute} * 60 + second - offset;
}

}  // namespace partita
