// What was asked for, from the options of the commands that plan and run.
#pragma once

#include "cli/options.hpp"
#include "service/project.hpp"

namespace partita {

// The options that name partitions; they are among the next.
std::vector<OptionSpec> selection_options();
// Options that say what is wanted, and those that say how to run it.
std::vector<OptionSpec> what_options();
std::vector<OptionSpec> how_options();
// Those of how_options() that take the place of a setting.
std::vector<OptionSpec> setting_options();

// The one selection among what was typed, `*` where the wish is narrowed in another way.
Result<std::string> one_selection_of(std::vector<std::string> typed, const ParsedOptions& options,
                                     bool narrowed, const std::string& hint);
Status exclude_both_partition_options(const ParsedOptions& options);
Result<MaterializeRequest> materialize_request(const ParsedOptions& options);
Result<MaterializeRequest> how_request(const ParsedOptions& options);

}  // namespace partita
