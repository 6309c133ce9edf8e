// Each setting as it holds, and what set it: `partita config show`.
//
// Shows references to secrets, never what they refer to. Opens nothing but the files of settings,
// and the store to read, for what the definitions have.
#pragma once

#include <string>
#include <vector>

#include "service/project.hpp"

namespace partita {

struct SettingRow {
  std::string name;
  Json value;
  Origin origin;
};

struct SettingsView {
  std::string project;    // its directory; empty outside of one
  std::string user_file;  // empty where the environment has no place for it
  bool user_file_exists = false;
  std::vector<SettingRow> settings;
  std::vector<std::string> warnings;  // of what is set and read by nothing
};
Json to_json(const SettingsView& view);

// `jobs`: of --jobs; 0: not given. Outside a project, unless the options name one, the settings
// that are the user's.
Result<SettingsView> view_settings(const ProjectOptions& options, int jobs);

// `partita.toml:3`, `~/.config/partita/config.toml:2`, `PARTITA_JOBS`, `--config`, `default`.
std::string origin_text(const Origin& origin, const SettingsView& view);

}  // namespace partita
