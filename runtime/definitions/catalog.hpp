// The catalog: one generation of definitions, whole and immutable.
//
// Made by reload(), shared by shared_ptr<const Catalog>; any thread. Written as JSON by the
// service, which keeps the current generation in the store, so that a command on unchanged plugins
// loads none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "plugin/declarations.hpp"

namespace partita {

// What tells that a file may have changed. An inode number is no sign of it.
struct FileSignature {
  std::int64_t size = 0;
  std::int64_t mtime_nanos = 0;
  std::int64_t ctime_nanos = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileSignature&) const = default;
};

// Something that is wrong with the definitions; everything else goes on.
struct Problem {
  std::string plugin;  // the file, or the plugin id
  std::string code;    // stable, for scripts: "not_elf", "abi_major", "missing_symbol",
                       // "duplicate_asset", ...
  std::string message;
  bool warning = false;  // true: nothing was refused
  bool operator==(const Problem&) const = default;
};

struct PluginRecord {
  std::string id;
  Path file;              // in a definitions directory
  Path stored;            // the immutable copy that is loaded
  std::string load_hash;  // SHA-256 of the code: its identity, stripped or not
  FileSignature signature;
  std::vector<Path> helpers;  // the .so files of its definitions directory that it needs
  std::vector<FileSignature> helper_signatures;  // theirs, in the same order
  std::string stale_reason;  // not empty: the file no longer loads, this is its last good version
  std::vector<Problem> problems;  // found when it was loaded: refused declarations, warnings
  bool operator==(const PluginRecord&) const = default;
};

// A file that was refused, quarantined until its bytes change.
struct RefusedFile {
  Path file;
  FileSignature signature;
  Problem problem;
  bool operator==(const RefusedFile&) const = default;
};

struct Catalog {
  std::int64_t generation = 0;
  std::vector<PluginRecord> plugins;  // by file
  std::vector<AssetDef> assets;       // by key, mappings resolved
  std::vector<CheckDef> checks;       // by asset, then name
  std::vector<RefusedFile> refused;
  std::vector<Problem> problems;  // all of them, those of `refused` included

  const AssetDef* asset(std::string_view key) const;
  const PluginRecord* plugin(std::string_view id) const;
  std::vector<const CheckDef*> checks_on(std::string_view asset) const;
  std::vector<std::string> asset_keys() const;
  // The assets in an order in which each comes after those it depends on.
  std::vector<const AssetDef*> topological() const;
  // What the asset declares, empty where nothing; for `auto` the plugin's load-hash, as
  // `auto:9f86d081884c7d65`.
  std::string code_version(const AssetDef& asset) const;
  // Why the mapping of an asset's dependency, on an asset that there is, cannot hold; empty where
  // it can.
  std::string fault_of(const AssetDef& asset, const Dependency& dep) const;
  // Why an asset cannot run (a dependency that does not exist, a mapping that cannot hold), empty
  // where it can.
  std::string blocked_reason(const AssetDef& asset) const;
};

using CatalogPtr = std::shared_ptr<const Catalog>;

Json to_json(const Catalog& catalog);
Result<Catalog> catalog_from_json(const Json& json);

}  // namespace partita
