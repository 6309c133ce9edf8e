// How long something may take, as people type it.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace partita {

// Seconds, more than 0: `90`, `90s`, `1.5m`, `2h`, `1d`.
Result<double> parse_duration(std::string_view text);

}  // namespace partita
