// Assets that a test holds up while another run wants the same, or what follows from it.
#include <partita/plugin.hpp>

#include <poll.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "wait_for_release.hpp"

namespace {

void touch(const std::string& file) {
  std::ofstream(file) << "x";
}

// Notes that it began, and waits.
void wait_as(partita::Run& run, const std::string& name) {
  touch(name + "-" + std::string(run.partition()));
  wait_for_release(run);
}

std::vector<std::string> numbers(int count) {
  std::vector<std::string> keys;
  for (int i = 100; i < 100 + count; ++i) keys.push_back(std::to_string(i));
  return keys;
}

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

PARTITA_PLUGIN(leases, defs) {
  defs.asset("base").keys({"1", "2", "3", "4"}) = [](partita::Run& run) {
    std::ofstream("ran", std::ios::app) << run.partition() << "\n";
    std::ofstream(std::string(run.output_dir()) + "/made") << run.partition();
    wait_as(run, "base");
  };
  defs.asset("many").keys(numbers(200)) = [](partita::Run& run) {
    std::ofstream("many-ran", std::ios::app) << run.partition() << "\n";
  };
  defs.asset("above").keys({"1", "2", "3", "4"}).from("base") = [](partita::Run&) {};

  // Held back where a file `bad` is there.
  defs.asset("vetted").keys({"1"}) = [](partita::Run& run) {
    std::ofstream(std::string(run.output_dir()) + "/made") << first_line("content");
  };
  defs.check("sound").on("vetted").blocking() = [](partita::Run&) {
    return partita::passed(::access("bad", F_OK) != 0).because("it is bad");
  };
  defs.asset("after_vetted").keys({"1"}).from("vetted") = [](partita::Run&) {};

  // Says that it is there again and again, for somebody who comes to listen.
  defs.asset("talks").keys({"1", "2"}) = [](partita::Run& run) {
    touch("talks-" + std::string(run.partition()));
    while (::access("release", F_OK) != 0) {
      run.throw_if_cancelled();
      run.log("still here " + std::string(run.partition()));
      ::poll(nullptr, 0, 1);
    }
    run.log("gone");
  };
  defs.asset("ends_early").from("talks") = [](partita::Run& run) { run.log("quick"); };

  defs.asset("pooled").keys({"1", "2"}).pool("db") = [](partita::Run& run) {
    wait_as(run, "pooled");
  };
  defs.asset("pooled_too").pool("db") = [](partita::Run&) {};
  defs.asset("alone").keys({"1", "2"}).exclusive() = [](partita::Run& run) {
    wait_as(run, "alone");
  };

  defs.asset("source") = [](partita::Run& run) { run.data_version("of " + first_line("content")); };
  defs.asset("reader").keys({"1"}).from("source") = [](partita::Run& run) {
    wait_as(run, "reader");
  };
}
