// Assets whose checks look at files of the project, so that a test says what they come to.
#include <partita/plugin.hpp>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "wait_for_release.hpp"

namespace {

bool is_there(const std::string& file) {
  return ::access(file.c_str(), F_OK) == 0;
}

std::string first_line(const std::string& file) {
  std::string line;
  std::ifstream in(file);
  std::getline(in, line);
  return line;
}

std::string key_of(const partita::Run& run) {
  return std::string(run.partition());
}

}  // namespace

PARTITA_PLUGIN(checked, defs) {
  // Its output is what the file `reading-KEY` says.
  defs.asset("readings").keys({"1", "2", "3"}) = [](partita::Run& run) {
    const std::string reading = first_line("reading-" + key_of(run));
    std::ofstream(std::string(run.output_dir()) + "/reading") << reading << "\n";
    run.data_version(reading);
    run.metadata("length", static_cast<std::int64_t>(reading.size()));
  };
  defs.check("not_wrong").on("readings") = [](partita::Run& run) {
    const auto made = run.input("readings").single();
    const std::string reading = first_line(made.output_dir() + "/reading");
    run.metadata("reading", reading);
    std::cout << "read " << reading << std::endl;
    return partita::passed(reading != "wrong").because("it is wrong");
  };
  defs.check("short").on("readings").severity(partita::Severity::warning) = [](partita::Run& run) {
    if (is_there("crash-early-" + key_of(run))) std::abort();
    return partita::passed(run.input("readings").single().metadata<std::int64_t>("length") < 6)
        .because("it is long");
  };
  defs.check("survives").on("readings") = [](partita::Run& run) {
    if (is_there("crash-" + key_of(run))) std::abort();
    if (is_there("hold")) {
      std::ofstream("checking-" + key_of(run)) << "x";
      wait_for_release(run);
    }
    return true;
  };

  defs.asset("in_batches").keys({"a", "b", "c"}).batch(2).retry(partita::retries(3)) =
      [](partita::Run&) {};
  defs.check("one_at_a_time").on("in_batches") = [](partita::Run& run) {
    return partita::passed(run.input("in_batches").size() == 1 && !is_there("bad"));
  };

  defs.asset("bought").external();
  defs.check("has_price").on("bought") = [](partita::Run& run) {
    return run.input("bought").single().metadata<std::int64_t>("price") > 0;
  };

  defs.asset("unchecked") = [](partita::Run&) {};
}
