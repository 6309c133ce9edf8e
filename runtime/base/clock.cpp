#include "base/clock.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace partita {
namespace {

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
    const char* end = text_.data() + digits;
    const auto [stop, failed] = std::from_chars(text_.data(), end, out);
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
  namespace ch = std::chrono;
  const ch::sys_seconds at{ch::seconds(instant)};
  const auto midnight = ch::floor<ch::days>(at);
  const ch::year_month_day date(midnight);
  const ch::hh_mm_ss<ch::seconds> time(at - midnight);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

Result<Instant> parse_instant(std::string_view text) {
  namespace ch = std::chrono;
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
  const ch::year_month_day date(ch::year(year), ch::month(static_cast<unsigned>(month)),
                                ch::day(static_cast<unsigned>(day)));
  if (!in.done() || !date.ok()) return refuse();
  const auto days = ch::sys_days(date).time_since_epoch().count();
  return Instant{days} * 86400 + hour * 3600 + minute * 60 + second - offset;
}

}  // namespace partita
