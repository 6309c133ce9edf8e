// The answer of `partitions` for people. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

std::string partitions_text(const PartitionsView& view, const Look& look);

// `2024-01-01 00:00 .. 2024-01-02 00:00`, without what both ends do not need: times at midnight,
// seconds on the minute, a date that is the start's. UTC.
std::string window_text(const Window& window);

}  // namespace partita
