// take_in(): one file of a definitions directory, from its bytes to its definitions.
//
// Waits until it is quiet, copies it with its helpers into the store, inspects the copy, loads it.
// Knows nothing of the other plugins' definitions.
#pragma once

#include <future>
#include <optional>
#include <string>
#include <vector>

#include "definitions/catalog.hpp"
#include "definitions/load.hpp"
#include "definitions/plugin_store.hpp"
#include "definitions/scan.hpp"

namespace partita {

struct Intake {
  std::optional<Refusal> refusal;
  FileSignature signature;  // of what was read, refused or not
  // Without a refusal:
  PluginRecord record;
  bool same_code = false;         // as `previous`: its definitions stand, nothing was loaded
  std::future<Status> published;  // valid where something was loaded: its copy, at `stored`
  PluginDeclarations declarations;
  std::vector<std::string> output;
};

// What every file of one reload is taken in with.
struct IntakeTools {
  const Scan& scan;
  const PluginStore& store;
  Loader& loader;
  int quiet_timeout_millis;
};

// `previous` is the last good version of that file, null where there is none. An error is the
// store's.
Result<Intake> take_in(const ScannedFile& file, const IntakeTools& tools,
                       const PluginRecord* previous);

}  // namespace partita
