// One plugin at several versions, chosen by VERSION: what a developer's edits look like to the
// host.
#include <partita/plugin.hpp>

PARTITA_PLUGIN(versions, defs) {
  defs.asset("answer").code_version(std::to_string(VERSION)).keys({"a", "b"}) =
      [](partita::Run& run) { run.metadata("version", VERSION); };
  defs.asset("hashed").code_version(partita::auto_version) = [](partita::Run&) {};
#if VERSION == 1
  defs.asset("goes") = [](partita::Run&) {};
  defs.asset("changes").monthly("2024-01-01", "2025-01-01") = [](partita::Run&) {};
#else
  defs.asset("comes").from("answer") = [](partita::Run&) {};
  defs.asset("changes").daily("2024-01-01", "2025-01-01") = [](partita::Run&) {};
#endif
}
