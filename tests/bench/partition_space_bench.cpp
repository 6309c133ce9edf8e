// How long the questions to a time dimension take, beside the arithmetic that suffices for hours in
// UTC.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "partitions/time_space.hpp"

namespace {

using partita::Index;
using partita::TimeDimensionSpace;

constexpr int kCalls = 1'000'000;
constexpr std::int64_t kNow = 1'767'225'600;  // 2026-01-01

partita::TimeDimension hourly(const char* timezone) {
  partita::TimeDimension time;
  time.cadence = partita::Cadence::hourly;
  time.start = "1990-01-01";
  time.timezone = timezone;
  return time;
}

TimeDimensionSpace space_of(const partita::TimeDimension& time) {
  return {partita::TimeSchedule::compile(time).value(), kNow};
}

// Keeps results from being optimized away.
volatile Index sink = 0;

template <class Call>
double nanoseconds_per_call(int calls, const Call& call) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i)
    sink = sink + static_cast<Index>(call(static_cast<std::size_t>(i)));
  const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
  return taken.count() / calls;
}

int number(const std::string& key, std::size_t at, std::size_t digits) {
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (key[i] - '0');
  return value;
}

// The index of `2021-05-05-01:00` in the hours since 1990, by hand.
Index utc_hour(const std::string& key) {
  const partita::CivilDate date{number(key, 0, 4), number(key, 5, 2), number(key, 8, 2)};
  return (partita::day_number(date) - 7305) * 24 + number(key, 11, 2);
}

// The key of an hour since 1990, by hand.
std::string utc_key(Index hour) {
  const partita::CivilDate date = partita::civil_date(hour / 24 + 7305);
  char key[32];
  const int size = std::snprintf(key, sizeof key, "%04d-%02d-%02d-%02d:00", date.year, date.month,
                                 date.day, static_cast<int>(hour % 24));
  return {key, static_cast<std::size_t>(size)};
}

// Keys from all over the space, so that nothing stays in a cache by chance.
std::vector<std::string> scattered_keys(const TimeDimensionSpace& space) {
  std::vector<std::string> keys;
  for (Index i = 0; i < 4096; ++i) keys.push_back(space.key_at(i * 7919 % space.size()));
  return keys;
}

void measure(const char* timezone) {
  const TimeDimensionSpace space = space_of(hourly(timezone));
  const auto keys = scattered_keys(space);
  const double index_of = nanoseconds_per_call(
      kCalls, [&](std::size_t i) { return space.index_of(keys[i % keys.size()]).value_or(0); });
  const double key_at = nanoseconds_per_call(kCalls, [&](std::size_t i) {
    return space.key_at(static_cast<Index>(i) * 7919 % space.size()).size();
  });
  const double by_hand =
      nanoseconds_per_call(kCalls, [&](std::size_t i) { return utc_hour(keys[i % keys.size()]); });
  const double key_by_hand = nanoseconds_per_call(kCalls, [&](std::size_t i) {
    return utc_key(static_cast<Index>(i) * 7919 % space.size()).size();
  });
  const double making =
      nanoseconds_per_call(200, [&](std::size_t) { return space_of(hourly(timezone)).size(); });
  fmt::print("index_of hourly {}: {:.0f} ns, {:.1f} times the arithmetic by hand ({:.0f} ns)\n",
             timezone, index_of, index_of / by_hand, by_hand);
  fmt::print("key_at hourly {}: {:.0f} ns, {:.1f} times writing the key by hand ({:.0f} ns)\n",
             timezone, key_at, key_at / key_by_hand, key_by_hand);
  fmt::print("making the space {}: {:.0f} us\n", timezone, making / 1000);
}

}  // namespace

int main() {
  measure("UTC");
  measure("America/New_York");
}
