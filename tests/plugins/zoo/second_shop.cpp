#include <partita/plugin.hpp>

PARTITA_PLUGIN(shop, defs) {
  defs.asset("carpets") = [](partita::Run&) {};
}
