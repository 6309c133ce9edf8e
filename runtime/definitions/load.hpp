// Loads stored plugins, in children of the zygote, and brings back what they declare.
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

// Loads plugins, each in a process of its own; without a zygote in this process (--isolation none).
class Loader {
 public:
  Loader(Zygote* zygote, int timeout_millis);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  // Begins the process that the next load will take, unless one waits: beginning takes as long as
  // copying the plugin.
  void prepare();
  // The file `relative` of the copy in `directory`, which nobody knows: texts do not name it.
  LoadOutcome load(const Path& directory, const Path& relative);
  bool uses_children() const { return zygote_ != nullptr; }

 private:
  class Process;
  Zygote* zygote_;
  int timeout_millis_;
  std::unique_ptr<Process> waiting_;
};

// What both of them do in the process that loads: the plugin opened, and what it declares as the
// answer that a Loader reads. The plugin is kept open for as long as the caller likes.
struct Described {
  Json answer;
  std::unique_ptr<LoadedPlugin> plugin;  // null where it did not open
};
Described open_and_describe(const Path& stored, const LoadedPlugin::OnPhase& on_phase);

// The last phase: what happens in it is a warning.
inline constexpr const char* kClosing = "close()";

}  // namespace partita
