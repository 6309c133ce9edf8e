// Says what its helper library says, and which file of it is mapped. The first partition waits
// until a file `release` is there, the second takes its process along.
#include <partita/plugin.hpp>

#include <dlfcn.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "wait_for_release.hpp"

extern "C" const char* zoo_helper();

namespace {

std::string mapped_helper() {
  Dl_info info{};
  return ::dladdr(zoo_helper(), &info) != 0 ? info.dli_fname : "";
}

}  // namespace

PARTITA_PLUGIN(helped, defs) {
  defs.asset("helped").keys({"first", "second", "third"}) = [](partita::Run& run) {
    if (run.partition() == "first") {
      std::ofstream("started") << "x";
      wait_for_release(run);
    }
    if (run.partition() == "second") std::abort();
    run.metadata("said", std::string(zoo_helper()));
    run.metadata("mapped", mapped_helper());
  };
}
