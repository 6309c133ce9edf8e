// Time windows, and instants as text. An instant is a count of seconds since 1970 in UTC.
#pragma once

#include <partita/detail/civil.hpp>

#include <cstdint>
#include <cstdio>
#include <string>

#pragma GCC visibility push(hidden)
namespace partita {

// [start, end): the end is the first instant that is no longer in it.
struct Window {
  std::int64_t start = 0;
  std::int64_t end = 0;

  bool contains(std::int64_t instant) const { return start <= instant && instant < end; }
  bool operator==(const Window& other) const { return start == other.start && end == other.end; }
  bool operator!=(const Window& other) const { return !(*this == other); }
};

// `2024-01-31`, in UTC.
inline std::string date(std::int64_t instant) {
  const auto civil = detail::civil_from_days(detail::floor_div(instant, detail::kSecondsPerDay));
  char text[40];
  std::snprintf(text, sizeof text, "%04lld-%02d-%02d", static_cast<long long>(civil.year),
                civil.month, civil.day);
  return text;
}

// `2024-01-31T09:30:00Z`.
inline std::string timestamp(std::int64_t instant) {
  const std::int64_t days = detail::floor_div(instant, detail::kSecondsPerDay);
  const int second = static_cast<int>(instant - days * detail::kSecondsPerDay);
  char text[24];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02dZ", second / 3600, second / 60 % 60,
                second % 60);
  return date(instant) + text;
}

}  // namespace partita
#pragma GCC visibility pop
