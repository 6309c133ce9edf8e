// The options that a run was asked for with, as they are typed and kept with its record: those that
// say what it makes, not how fast.
#pragma once

#include <string>
#include <vector>

#include "service/project.hpp"
#include "service/settings.hpp"
#include "store/records.hpp"

namespace partita {

// `config`: what --config was given.
std::vector<std::string> options_of(const MaterializeRequest& request,
                                    const std::vector<std::string>& config);

bool allows_missing_upstream(const RunRecord& run);

// Of a run's options, those that hold for what is left of it as well; and `config`, which goes
// before its own.
std::vector<std::string> options_of_rest(const RunRecord& run,
                                         const std::vector<std::string>& config);
// The settings with the configuration that the run began with, where that is known, and `config`,
// what --config is given now.
Result<Settings> settings_of(const RunRecord& run, Settings settings,
                             const std::vector<std::string>& config);
// The settings with these options' --config.
Result<Settings> settings_with(Settings settings, const std::vector<std::string>& options);

}  // namespace partita
