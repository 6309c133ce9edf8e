// A run that another command stops.
#include <doctest/doctest.h>

#include "support/sandbox.hpp"

using namespace partita;
using namespace partita::tests;

TEST_CASE("a run is stopped from elsewhere as by the first Ctrl-C") {
  Sandbox project;
  project.add_plugin("behaviours");
  RunningCommand run = project.start({"materialize", "waits@all", "-j", "1"});
  REQUIRE(project.wait_for("started-1"));
  const Json answer = project.json({"cancel", "last"});
  CHECK(answer["run"].as_int() == 1);
  CHECK(answer["pid"].as_int() == run.pid());
  CHECK(run.wait().code == 130);
  CHECK(project.json({"run", "1"})["result"].as_string() == "cancelled");
  const CommandResult again = project.run({"cancel", "1"});
  CHECK(again.code == 2);
  CHECK(again.err.find("cancel run 1: it has ended (cancelled)") != std::string::npos);
}

TEST_CASE("a run that is not there, or ended by itself, is not cancelled") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"cancel", "7"}).code == 2);
  CHECK(project.run({"cancel", "last"}).code == 2);
  REQUIRE(project.run({"materialize", "letters@a"}).code == 0);
  const CommandResult ended = project.run({"cancel", "1"});
  CHECK(ended.code == 2);
  CHECK(ended.err.find("it has ended (success)") != std::string::npos);
  CHECK(project.run({"cancel", "last"}).err.find("there is no run under way") != std::string::npos);
}

TEST_CASE("a run whose process was killed is not cancelled") {
  Sandbox project;
  project.add_plugin("behaviours");
  RunningCommand run = project.start({"materialize", "waits@1"});
  REQUIRE(project.wait_for("started-1"));
  run.signal(9);
  run.wait();
  const CommandResult ended = project.run({"cancel", "1"});
  CHECK(ended.code == 2);
  CHECK(ended.err.find("it has ended (interrupted)") != std::string::npos);
}
