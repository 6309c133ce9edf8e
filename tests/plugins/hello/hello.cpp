#include <partita/plugin.hpp>

PARTITA_PLUGIN(hello, defs) {
  defs.asset("greeting").daily("2024-01-01") = [](partita::Run& run) {
    run.log("hello, " + std::string(run.partition()));
    run.metadata("day", run.partition());
  };
}
