#include <partita/plugin.hpp>

PARTITA_PLUGIN(changes_its_mind, defs) {
  static int calls = 0;
  defs.asset("asset_" + std::to_string(++calls)) = [](partita::Run&) {};
}
