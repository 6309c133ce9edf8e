#include <partita/plugin.hpp>

PARTITA_PLUGIN(east, defs) {
  defs.asset("sunrise").from("sunset") = [](partita::Run&) {};
}
