// A chain whose data versions and failures a test decides by files; another code version of it.
#include <partita/plugin.hpp>

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>

#include "wait_for_release.hpp"

namespace {

std::string first_line(const std::string& file, std::string fallback) {
  std::ifstream in(file);
  std::getline(in, fallback);
  return fallback;
}

}  // namespace

PARTITA_PLUGIN(fresh, defs) {
  defs.asset("raw").code_version("1").keys({"a", "b", "c"}) = [](partita::Run& run) {
    run.data_version(first_line("raw-" + std::string(run.partition()), "1"));
  };
  defs.asset("clean").code_version(CLEAN_VERSION).keys({"a", "b", "c"}).from("raw") =
      [](partita::Run& run) {
        std::printf("cleaning %s\n", std::string(run.partition()).c_str());
        if (::access(("fail-" + std::string(run.partition())).c_str(), F_OK) == 0)
          throw std::runtime_error("dirt");
      };
  defs.asset("report").from("clean") = [](partita::Run&) {};

  // Each partition notes the word that it was told.
  defs.asset("told").keys({"1", "2"}) = [](partita::Run& run) {
    std::ofstream("words", std::ios::app)
        << run.partition() << " " << run.config<std::string>("word", "none") << "\n";
    const std::string key(run.partition());
    if (::access(("fail-" + key).c_str(), F_OK) == 0) throw std::runtime_error("dirt");
    if (::access(("hold-" + key).c_str(), F_OK) != 0) return;
    std::ofstream("started-" + key) << "x";
    wait_for_release(run);
  };

  // Each partition notes by which code it ran, and the second waits.
  defs.asset("slow").keys({"1", "2", "3"}) = [](partita::Run& run) {
    std::ofstream("ran", std::ios::app) << run.partition() << " " << CLEAN_VERSION << "\n";
    if (run.partition() == "1") return;
    std::ofstream("started") << "x";
    wait_for_release(run);
  };
}
