// Asks the mapping functions of plugins, each plugin in a child of the zygote of its own that is
// started at the first question and lasts until end_children(), or as long as this.
//
// What a function does there (throw, crash, exit, loop, answer nonsense) becomes an error, which
// names the key where it is one key's doing. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/zygote.hpp"
#include "definitions/catalog.hpp"
#include "definitions/mapping_wire.hpp"

namespace partita {

class PluginFunctions {
 public:
  // `zygote` null: in this process (--isolation none). The time is for each batch.
  explicit PluginFunctions(Zygote* zygote, int timeout_millis = 10'000);
  ~PluginFunctions();
  PluginFunctions(const PluginFunctions&) = delete;
  PluginFunctions& operator=(const PluginFunctions&) = delete;

  // Those of the dependency of `asset`, which `plugin` declares, on `upstream`. Borrows
  // from this.
  std::unique_ptr<KeyFunctions> of(const PluginRecord& plugin, const std::string& asset,
                                   const std::string& upstream);

  // For when other code takes the place of theirs. What of() gave is not to be used any more.
  void end_children() { places_.clear(); }

  // Somewhere that one plugin is open.
  class Place {
   public:
    virtual ~Place() = default;
    virtual Result<RelatedKeys> call(const MappingCall& call) = 0;
  };

 private:
  Place& place_of(const Path& stored);

  Zygote* zygote_;
  int timeout_millis_;
  std::map<Path, std::unique_ptr<Place>> places_;
};

// The role of the child; register it as kMappingRole in Zygote::start.
inline constexpr const char* kMappingRole = "map";
int mapping_role(int channel, std::string_view argument);

}  // namespace partita
