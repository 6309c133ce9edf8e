// What is set and read by nothing: a variable whose name is almost one of ours, a table for an
// asset or a pool that the definitions do not have. Each as a line that says what may have been
// meant. Pure but for the environment; any thread.
#pragma once

#include <string>
#include <vector>

#include "definitions/catalog.hpp"
#include "service/settings.hpp"

namespace partita {

// Of this process's environment. What resembles none of ours, or is a resource's secret, is
// somebody else's.
std::vector<std::string> misspelt_variables(const Settings& settings);

// Of the project's file and the environment: the user's own file is for many projects. Nothing is
// said while a plugin fails, since what it has is not known.
std::vector<std::string> settings_for_nothing(const Settings& settings, const Catalog& catalog);

// Of the command line, where somebody has just typed it: an error, under the same condition.
Status flags_for_nothing(const Settings& settings, const Catalog& catalog);

}  // namespace partita
