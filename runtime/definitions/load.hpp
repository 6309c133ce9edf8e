// Loads a stored plugin, in a child of the zygote, and brings back what it declares.
//
// Whatever the plugin does there (crash, exit, loop, print, leave threads) becomes a refusal, a
// warning or captured output. Success is the child's answer and its exit code 0, both.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/zygote.hpp"
#include "definitions/refusal.hpp"
#include "plugin/declarations.hpp"
#include "plugin/loaded_plugin.hpp"

namespace partita {

struct LoadOutcome {
  std::optional<Refusal> refusal;
  PluginDeclarations declarations;
  std::vector<Refusal> warnings;
  std::vector<std::string> output;  // lines
};

LoadOutcome load_in_child(Zygote& zygote, const Path& stored, int timeout_millis);
LoadOutcome load_here(const Path& stored);

// What both of them do in the process that loads: the plugin opened, and what it declares as the
// answer that outcome_of() reads. The plugin is kept open for as long as the caller likes.
struct Described {
  Json answer;
  std::unique_ptr<LoadedPlugin> plugin;  // null where it did not open
};
Described open_and_describe(const Path& stored, const LoadedPlugin::OnPhase& on_phase);
LoadOutcome outcome_of(const Json& answer, const Path& stored);

// The last phase: what happens in it is a warning.
inline constexpr const char* kClosing = "close()";

}  // namespace partita
