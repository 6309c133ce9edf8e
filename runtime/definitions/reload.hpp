// reload(): from the definitions directories and the last generation to the next one.
//
// Files whose signature is unchanged are not opened again. A changed one is copied into the plugin
// store, inspected, loaded in a child of the zygote and validated with the others. What fails is
// told as a Problem and leaves that plugin's last good version serving. Nothing here knows the
// store or what has been materialized. One reload at a time.
#pragma once

#include <vector>

#include "base/files.hpp"
#include "base/zygote.hpp"
#include "definitions/catalog.hpp"
#include "definitions/diff.hpp"

namespace partita {

struct ReloadOptions {
  std::vector<Path> directories;  // absolute; scanned recursively for *.so
  Path plugin_store;              // .partita/plugins
  Zygote* zygote = nullptr;       // borrowed; null: load in this process (--isolation none)
  int load_timeout_millis = 10'000;
  int quiet_timeout_millis = 1'000;  // for a file that is being written
};

struct ReloadOutcome {
  // The given one if nothing changed, else with generation + 1. Where a file was rewritten with the
  // same code: the same generation, with its signature brought up to date.
  CatalogPtr catalog;
  CatalogDiff diff;
  std::vector<std::string>
      load_output;            // what plugins printed while they were loaded: `file: line`
  std::vector<Path> emptied;  // directories that had plugins, and have no library any more
};

// Fails only where no catalog can be made at all: the store is not writable, say.
Result<ReloadOutcome> reload(const ReloadOptions& options, CatalogPtr before);

// The role a child of the zygote plays to load one plugin; register it as kLoadRole in
// Zygote::start.
inline constexpr const char* kLoadRole = "load";
int load_role(int channel, std::string_view argument);

}  // namespace partita
