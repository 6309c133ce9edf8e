// A table of runs for people, newest first as given. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

std::string runs_text(const std::vector<RunRow>& runs, const Look& look, int indent);

// The selection, with the options it was asked for with.
std::string selection_words(const RunRow& run);

Tone tone_of_result(std::string_view result);

}  // namespace partita
