// What a command says, before it does its work, about what it found when it opened the project.
#pragma once

#include <string>
#include <vector>

#include "service/views.hpp"

namespace partita {

// `took over generation 3: 2 assets added, 1 changed`, as one line.
std::string taken_over_text(const ReloadView& view);
std::string left_to_dev_text(const ReloadView& view);
// Of definitions directories from which every plugin is gone: what went with them, and what brings
// it back.
std::string emptied_text(const ReloadView& view);

// A run whose process ended without finishing it, and how to go on.
std::string interrupted_text(const RunRow& run);

// `sales.so: wrong abi 2, want 1`, as one line.
std::string problem_text(const ProblemView& problem);

}  // namespace partita
