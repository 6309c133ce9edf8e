// Where settings come from, besides the command line: files in TOML, and the environment.
//
// Each source that is read takes the place of what an earlier one set, name by name, and is noted
// as the origin of what it set. Errors name the file and the line, or the variable.
#pragma once

#include <cstdint>

#include "service/settings.hpp"

namespace partita {

// $XDG_CONFIG_HOME/partita/config.toml, else ~/.config/partita/config.toml; empty where the
// environment has neither.
Path user_settings_file();

// A file of the user's need not be there, and may not have what is a project's own.
Status read_settings_file(Settings& settings, const Path& file, Origin::Kind kind);

// PARTITA_JOBS, PARTITA_ISOLATION, PARTITA_MAX_WORKER_DEATHS, PARTITA_POOLS and PARTITA_CONFIG. One
// that is empty counts as not set.
Status read_settings_environment(Settings& settings);
std::vector<std::string> variables_of_settings();

// A number that `jobs`, a pool or `max_worker_deaths` may be.
constexpr std::int64_t kLargestSetting = 100'000;

// `1`, `1.5`, `true` and `"text"` as TOML reads them; anything else is text.
Json parse_setting(const std::string& text);

}  // namespace partita
