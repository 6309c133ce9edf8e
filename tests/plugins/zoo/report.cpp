// Depends on an asset of another plugin.
#include <partita/plugin.hpp>

PARTITA_PLUGIN(report, defs) {
  defs.asset("summary").monthly("2024-01-01").from("orders") = [](partita::Run&) {};
  defs.check("complete").on("nowhere") = [](partita::Run&) { return true; };
}
