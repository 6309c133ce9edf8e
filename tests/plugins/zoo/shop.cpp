// A sound plugin in two versions, chosen by VERSION.
#include <partita/plugin.hpp>

PARTITA_PLUGIN(shop, defs) {
#if VERSION == 1
  defs.asset("orders").monthly("2024-01-01").code_version("1") = [](partita::Run&) {};
  defs.asset("returns").keys({"eu", "us"}) = [](partita::Run&) {};
#else
  defs.asset("orders").daily("2024-01-01").code_version("2") = [](partita::Run&) {};
  defs.asset("refunds") = [](partita::Run&) {};
#endif
  defs.check("not_empty").on("orders") = [](partita::Run&) { return true; };
}
