// The plugin store: immutable copies of plugins, each in a directory named by the SHA-256 of its
// files.
//
//   <root>/<address>/<path within the definitions directory>    the plugin and the helpers it needs
//   <root>/.staging/<n>/                                        a copy being made
//   <root>/.staging/<n>.lock                                    held meanwhile
//   <root>/.in_use                                              held while copies may be loaded
//
// What is published is whole, and never changed. Several processes may use one store. Copies that
// nobody needs are removed while only one process uses the store.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <set>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "base/result.hpp"

namespace partita {

// A copy in the making. Destruction removes what was not published.
class Staging {
 public:
  Staging(Path root, Path directory, Descriptor lock)
      : root_(std::move(root)), directory_(std::move(directory)), lock_(std::move(lock)) {}
  Staging(Staging&&) = default;
  Staging& operator=(Staging&&) = delete;
  ~Staging();

  const Path& directory() const { return directory_; }
  // Where the file of so many bytes that is at `relative` in the definitions directory is to be
  // copied to; its directory is there. Refuses what there is no room for on the disk.
  Result<Path> place_for(const Path& relative, std::int64_t bytes);
  // Drops what was copied so far, for another attempt.
  Status clear();

  // All is copied: nothing of it changes from here on. Begins to find out the address, and to
  // bring the copy to the disk; it can be loaded meanwhile.
  Status seal();
  // Where the sealed copy will be.
  Result<Path> address();
  // Puts the sealed copy there once it is on the disk, and says when that is, too.
  std::future<Status> publish() &&;

 private:
  Status put_in_place();

  Path root_;
  Path directory_;  // empty once it is published
  Descriptor lock_;
  std::set<std::string> files_;  // relative paths
  std::shared_future<Result<std::string>> address_;
  std::future<Status> synced_;
};

class PluginStore {
 public:
  // Makes the directory where there is none. Refuses one from which nothing can be loaded.
  static Result<PluginStore> open(const Path& root);

  // Begins a copy, and removes what processes that died have left of theirs.
  Result<Staging> stage() const;

  // The copies under `root` that hold no file of `needed`. Changes nothing.
  static Result<std::vector<Path>> unneeded(const Path& root, const std::set<Path>& needed);

  // To be held for as long as this process may load copies: none is collected meanwhile.
  Result<Descriptor> use() const;

  // Removes the copies but those that hold a file of `needed`, and says how many they were. Does
  // nothing where another process uses the store; `use` is this one's. `needed` is asked when no
  // other process can come in between.
  using Needed = std::function<Result<std::set<Path>>()>;
  Result<std::int64_t> collect(const Descriptor& use, const Needed& needed) const;

 private:
  explicit PluginStore(Path root) : root_(std::move(root)) {}
  Result<std::int64_t> remove_all_but(const std::set<Path>& needed) const;

  Path root_;
};

}  // namespace partita
