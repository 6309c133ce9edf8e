// A TimeZone: the offsets of one IANA zone as a list of spans, from which both directions between
// instants and local time are a binary search.
//
// Right from 1850 to 2500, by the rules of the tz database: daylight saving goes on beyond the last
// transition that is written down. Immutable; any thread. A zone is read once per process, so that
// a newer tz database counts from the next start on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "partitions/civil.hpp"

namespace partita {

// Before every instant that has a meaning here, and after: about the years -2000 and 6000.
inline constexpr Instant kBeginningOfTime = -125'000'000'000;
inline constexpr Instant kEndOfTime = 125'000'000'000;

class TimeZone {
 public:
  // Seconds east of Greenwich from `begin` to the next span's.
  struct Span {
    Instant begin = kBeginningOfTime;
    std::int64_t offset = 0;
  };

  // `name` as in Europe/Berlin; empty means UTC. An unknown name is refused with what was near.
  static Result<std::shared_ptr<const TimeZone>> load(std::string_view name);

  TimeZone(std::string name, std::vector<Span> spans);

  const std::string& name() const { return name_; }

  // Ascending, the first from kBeginningOfTime on; neighbours differ in offset.
  const std::vector<Span>& spans() const { return spans_; }
  std::size_t span_at(Instant instant) const;
  Instant span_end(std::size_t span) const;

  std::int64_t offset_at(Instant instant) const { return spans_[span_at(instant)].offset; }
  LocalSeconds to_local(Instant instant) const { return instant + offset_at(instant); }

  // The first instant at which the clock shows `local` or more: of a repeated time the first, of a
  // missing one the end of the gap.
  Instant first_at(LocalSeconds local) const;

  // The instant from which on the clock shows `local` or more for good: of a repeated time the
  // last, of a missing one the end of the gap.
  Instant last_at(LocalSeconds local) const;

  // Whether the clock has shown the same time before.
  bool repeats(Instant instant) const { return first_at(to_local(instant)) < instant; }

 private:
  std::string name_;
  std::vector<Span> spans_;
  std::vector<std::uint16_t> hints_;  // the spans at evenly spaced instants
};

}  // namespace partita
