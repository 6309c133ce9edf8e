#include "cli/duration.hpp"

#include <fmt/format.h>

#include <charconv>

namespace partita {
namespace {

// 0: it is no unit.
double seconds_in(std::string_view unit) {
  if (unit.empty() || unit == "s") return 1;
  if (unit == "m" || unit == "min") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 86400;
  return 0;
}

}  // namespace

Result<double> parse_duration(std::string_view text) {
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = static_cast<std::size_t>(read.ptr - text.data());
  const double seconds = number * seconds_in(text.substr(digits));
  if (read.ec == std::errc() && seconds > 0 && seconds < 1e9) return seconds;
  return usage_error(fmt::format("read the duration `{}`", text), "write 90s, 15m, 2h or 1d");
}

}  // namespace partita
