// Time as Partita knows it: UTC instants in whole seconds, and durations measured elsewhere.
//
// Everything that asks "now" takes a Clock, so that tests set it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace partita {

// Seconds since 1970-01-01T00:00:00Z, negative before.
using Instant = std::int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;                    // UTC seconds
  virtual std::int64_t now_micros() const = 0;        // UTC microseconds
  virtual std::int64_t monotonic_micros() const = 0;  // for durations only
};

// The machine's clock. Any thread; lives as long as the program.
const Clock& system_clock();

// `2024-01-31T00:00:00Z`.
std::string format_instant(Instant instant);

// Takes ISO 8601: `2024-01-31`, `2024-01-31T10:00`, `...:00Z`, `...+02:00`; no offset means UTC.
Result<Instant> parse_instant(std::string_view text);

}  // namespace partita
