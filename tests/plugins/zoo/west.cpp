#include <partita/plugin.hpp>

PARTITA_PLUGIN(west, defs) {
  defs.asset("sunset").from("sunrise") = [](partita::Run&) {};
}
