#include <partita/plugin.hpp>
#include <partita/testing.hpp>

PARTITA_PLUGIN(tested, defs) {
  defs.asset("made").daily("2024-01-01") = [](partita::Run& run) { run.metadata("rows", 1); };
}

int main() {
  partita::testing::Plugin plugin(partita_entry_v1);
  return plugin.materialize("made", "2024-01-01").ok() ? 0 : 1;
}
