// What was wiped and brought back, for people. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

// Also of what would be wiped.
std::string wipe_text(const WipeView& view, const Look& look);
std::string undone_wipe_text(const UndoneWipeView& view, const Look& look);
std::string wipes_text(const std::vector<WipeRow>& wipes, const Look& look);

}  // namespace partita
