// Files and directories, with errors that name the path. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace partita {

using Path = std::filesystem::path;

Result<std::string> read_file(const Path& path);

// Writes a temporary file beside `path`, syncs it and renames it: `path` is the old or the new.
Status write_file(const Path& path, std::string_view content);

Status make_directories(const Path& path);
Status remove_tree(const Path& path);

// Puts `staged` in the place of `target`. If `target` exists the two are exchanged (renameat2 with
// RENAME_EXCHANGE), so that no moment is without one; the earlier one is then at `staged`.
Status publish_directory(const Path& staged, const Path& target);

// Makes every file and directory below `root`, and `root`, durable.
Status sync_tree(const Path& root);

// Makes durable which names `directory` has, not what they stand for.
Status sync_names(const Path& directory);

// Makes a directory with a unique name under the system's temporary directory.
Result<Path> make_temporary_directory(std::string_view prefix);

}  // namespace partita
