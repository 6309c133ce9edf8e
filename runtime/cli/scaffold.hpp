// The files that `partita init` and `partita new` write, and what these answer. Pure but for
// write_new_files().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/json.hpp"
#include "cli/next_commands.hpp"

namespace partita {

struct NewFile {
  std::string path;  // within the project
  std::string text;
};

// An asset's source, which is a plugin of its own, and a unit test of it.
std::vector<NewFile> asset_files(std::string_view asset);
// A project with that one asset.
std::vector<NewFile> project_files(std::string_view project, std::string_view asset);

// For assets, whose names are also those of files, targets and plugins.
Status validate_new_name(std::string_view name);

// None of them where one of them exists.
Status write_new_files(const Path& directory, const std::vector<NewFile>& files);

// `directory` as it was typed, empty for the project that is there.
std::string new_files_text(const std::string& directory, const std::vector<NewFile>& files,
                           const std::vector<NextCommand>& next, const Look& look);
Json new_files_json(const std::vector<NewFile>& files, const std::vector<NextCommand>& next);

}  // namespace partita
