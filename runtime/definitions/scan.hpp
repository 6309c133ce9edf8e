// scan(): the files of the definitions directories that may be plugins or helpers of plugins.
//
// Goes down recursively and through symbolic links, past names that begin with a dot. Opens no
// file.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "definitions/catalog.hpp"
#include "definitions/refusal.hpp"

namespace partita {

struct ScannedFile {
  Path file;
  Path root;          // the definitions directory it is in
  std::string shown;  // for messages: the directory's name and the path within
  FileSignature signature;
  std::optional<Refusal> refusal;  // it is no regular file
};

// A definitions directory that could not be read, or one below it: nothing is known of its files.
struct UnreadDirectory {
  Path root;
  std::string message;
  std::string hint;
};

struct Scan {
  std::vector<ScannedFile> libraries;  // *.so, sorted
  std::vector<ScannedFile> versioned;  // *.so.*, sorted: never plugins, but helpers perhaps
  std::vector<UnreadDirectory> unread;
  std::vector<Problem> problems;  // of directories, those that are unread left out

  // Those in the same definitions directory with that name.
  std::vector<const ScannedFile*> named(const Path& root, const std::string& name) const;
  const ScannedFile* find(const Path& file) const;
  bool has_libraries_in(const Path& root) const;
};

Scan scan(const std::vector<Path>& directories);

FileSignature signature_of(const struct ::stat& info);

}  // namespace partita
