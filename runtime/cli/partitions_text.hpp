// The answer of `partitions` for people. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

std::string partitions_text(const PartitionsView& view, const Look& look);

// `2024-01-01 06:00 .. 2024-01-02 06:00`, without what both ends do not need: times at midnight,
// seconds on the minute, a date that is the start's; the end of the start's day is 24:00. UTC.
std::string window_text(const Window& window);

}  // namespace partita
