// Each is refused by the compiler, in words.
#include <partita/plugin.hpp>

PARTITA_PLUGIN(mistakes, defs) {
#if defined(MISTAKE_returns_value)
  defs.asset("a") = [](partita::Run&) { return 1; };
#elif defined(MISTAKE_takes_nothing)
  defs.asset("a") = [] {};
#elif defined(MISTAKE_check_returns_int)
  defs.check("a").on("b") = [](partita::Run&) { return 1; };
#elif defined(MISTAKE_mapping_takes_nothing)
  defs.asset("a").from("b", partita::map_by("c", [](partita::Keys&) {})) = [](partita::Run&) {};
#endif
}
