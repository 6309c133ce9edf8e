// The answer of `list` for people. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

std::string list_text(const ListView& view, const Look& look);

// One line each: `error` or `warning`, and the problem.
std::string problems_text(const std::vector<ProblemView>& problems, const Look& look);

}  // namespace partita
