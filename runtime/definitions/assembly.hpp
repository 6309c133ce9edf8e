// Puts the plugins of one generation together, and says what does not fit.
//
// Plugins are added one by one; one that contradicts those before it is refused as a whole. What
// merely lacks something (an upstream asset, say) stays, and is told as a problem. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "definitions/catalog.hpp"
#include "definitions/refusal.hpp"

namespace partita {

struct Member {
  PluginRecord record;
  std::string shown;  // the file, for messages
  std::vector<AssetDef> assets;
  std::vector<CheckDef> checks;
};

class Assembly {
 public:
  // Refused: one plugin id, asset key or check twice, or a cycle of dependencies. Then nothing was
  // added.
  std::optional<Refusal> add(const Member& member);

  // Plugins, assets and checks in their orders, mappings resolved; problems: those of the records,
  // then those of the whole. Everything else is left as it is in `catalog`.
  void finish(Catalog& catalog) const;

 private:
  std::optional<Refusal> check_names(const Member& member) const;
  std::optional<Refusal> check_cycles(const Member& member) const;

  std::vector<const Member*> members_;
  std::map<std::string, const Member*> ids_;
  std::map<std::string, std::pair<const Member*, const AssetDef*>> assets_;
  std::map<std::pair<std::string, std::string>, const Member*> checks_;
};

}  // namespace partita
