// Two thousand partitions that say which VERSION of the plugin they ran; from the 1,000th on they
// wait until a file `release` is there.
#include <partita/plugin.hpp>

#include <fstream>

#include "wait_for_release.hpp"

constexpr const char* kThousandth = "2022-09-27";

PARTITA_PLUGIN(gated, defs) {
  defs.asset("gated").daily("2020-01-01", "2025-06-23") = [](partita::Run& run) {
    if (run.partition() >= kThousandth) {
      std::ofstream("started") << "x";
      wait_for_release(run);
    }
    run.metadata("version", VERSION);
  };
}
