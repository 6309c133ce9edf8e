// The plugin store: immutable copies of plugins, each in a directory named by the SHA-256 of its
// files.
//
//   <root>/<address>/<path within the definitions directory>    the plugin and the helpers it needs
//   <root>/.staging/                                            the copy being made
//   <root>/.lock                                                held while .staging is in use
//   <root>/.in_use                                              held while copies may be loaded
//
// What is published is never changed. Several processes may use one store: a Staging holds the
// lock. Copies that nobody needs are removed while only one process uses the store.
#pragma once

#include <functional>
#include <map>
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
  Staging(Path root, Descriptor lock) : root_(std::move(root)), lock_(std::move(lock)) {}
  Staging(Staging&&) = default;
  Staging& operator=(Staging&&) = delete;
  ~Staging();

  // Where the file that is at `relative` in the definitions directory is to be copied to; its
  // directory is there.
  Result<Path> place_for(const Path& relative) const;
  // Records the SHA-256 of a file that was copied.
  void add(const Path& relative, std::string sha256);
  // Drops what was copied so far, for another attempt.
  Status clear();

  // Publishes the copy under its address and returns its directory; `existed` says that it was
  // there.
  Result<Path> publish(bool& existed);

 private:
  Path directory() const { return root_ / ".staging"; }
  std::string address() const;
  Status seal() const;

  Path root_;
  Descriptor lock_;
  std::map<std::string, std::string> files_;  // relative path, SHA-256
};

class PluginStore {
 public:
  // Makes the directory where there is none. Refuses one from which nothing can be loaded.
  static Result<PluginStore> open(const Path& root);

  // Waits for the lock, and removes what a process that died has left in staging.
  Result<Staging> stage() const;
  // Takes back what was just published.
  Status remove(const Path& directory) const;

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
