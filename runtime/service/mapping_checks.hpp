// Checks the functions in the mappings of a catalog: that they answer, answer the same again, and
// agree with their inverses.
#pragma once

#include <vector>

#include "service/snapshot.hpp"
#include "service/views.hpp"

namespace partita {

std::vector<ProblemView> check_mapping_functions(Snapshot& snapshot, PluginFunctions& functions);

}  // namespace partita
