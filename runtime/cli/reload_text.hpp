// What changed in the definitions, for people: the answer of `reload`, and the problems of `check`.
// Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

std::string reload_text(const ReloadView& view, bool dry_run, const Look& look);

// How many assets there are, and the problems.
std::string check_text(const ReloadView& view, const Look& look);

}  // namespace partita
