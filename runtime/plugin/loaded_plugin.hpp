// A plugin opened in this process by Boost.DLL, its define() called once. Never unloaded: a process
// that is done with a plugin ends.
//
// Used in children of the zygote; in the coordinator only with `--isolation none`. open() is for
// one thread at a time, the run functions for any.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/files.hpp"
#include "base/result.hpp"
#include "partita/abi.h"
#include "partitions/key_functions.hpp"
#include "plugin/declarations.hpp"
#include "plugin/registrar.hpp"

namespace partita {

class LoadedPlugin {
 public:
  // Loads with RTLD_NOW | RTLD_LOCAL. The error carries dlerror's text, or define()'s reason.
  // `on_phase` is told what comes next, for the case that it does not return: "its constructors",
  // "its entry", "define()".
  using OnPhase = std::function<void(const char* phase)>;
  static Result<std::unique_ptr<LoadedPlugin>> open(const Path& file, const OnPhase& on_phase = {});
  // A copy that was opened before, when it was taken in, and is to run: what it declares is not
  // validated again, and declarations() is not to be relied on.
  static Result<std::unique_ptr<LoadedPlugin>> open_to_run(const Path& file);
  ~LoadedPlugin();

  const PluginDeclarations& declarations() const;
  // What define() says when it is called once more: the same, in a sound plugin.
  Result<PluginDeclarations> define_again() const;

  // PARTITA_NOT_FOUND where there is no such asset or check.
  partita_status run_asset(std::string_view key, const partita_run& run) const;
  partita_status run_check(std::string_view asset, std::string_view name,
                           const partita_run& run) const;

  // [map] Of the asset's dependency on `upstream`, function number `function` of its mapping.
  Result<RelatedKeys> related(std::string_view asset, std::string_view upstream,
                              std::size_t function, MappingSide side, const KeyBatch& of) const;

 private:
  struct State;
  static Result<std::unique_ptr<LoadedPlugin>> open(const Path& file, const OnPhase& on_phase,
                                                    Declared declared);
  explicit LoadedPlugin(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace partita
