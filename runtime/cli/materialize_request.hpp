// What was asked for, from the options of the commands that plan and run.
#pragma once

#include "cli/options.hpp"
#include "service/project.hpp"

namespace partita {

// Options that say what is wanted, and those that say how to run it.
std::vector<OptionSpec> what_options();
std::vector<OptionSpec> how_options();
// Those of how_options() that take the place of a setting.
std::vector<OptionSpec> setting_options();

Result<MaterializeRequest> materialize_request(const ParsedOptions& options);
Result<MaterializeRequest> how_request(const ParsedOptions& options);

}  // namespace partita
