// Interruptions: Ctrl-C, kill -9, two commands at once. Nothing acknowledged is lost.
#include <doctest/doctest.h>
#include <signal.h>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace {

std::int64_t materialized(const Sandbox& project, const char* asset) {
  return project.json({"partitions", asset, "--status", "materialized"})["count"].as_int();
}

}  // namespace

TEST_CASE("Ctrl-C lets running partitions see that they are cancelled, and exits with 130") {
  for (const char* isolation : {"worker", "none"}) {
    CAPTURE(isolation);
    Sandbox project;
    project.add_plugin("behaviours");
    RunningCommand run =
        project.start({"materialize", "waits", "--all", "-j", "1", "--isolation", isolation});
    REQUIRE(project.wait_for("started-1"));
    run.signal(SIGINT);
    const CommandResult result = run.wait();
    CHECK(result.code == 130);
    CHECK(project.json({"run", "last"})["result"].as_string() == "cancelled");
    project.write("release", "");
    CHECK(project.run({"materialize", "waits", "--missing"}).code == 0);
    CHECK(materialized(project, "waits") == 4);
  }
}

TEST_CASE("SIGTERM stops a run as Ctrl-C does, and exits with 143") {
  Sandbox project;
  project.add_plugin("behaviours");
  RunningCommand run = project.start({"materialize", "waits", "--all", "-j", "1"});
  REQUIRE(project.wait_for("started-1"));
  run.signal(SIGTERM);
  CHECK(run.wait().code == 143);
}

TEST_CASE("after kill -9 the next command says what happened and the rest can be run") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"materialize", "letters", "--all"}).code == 0);
  RunningCommand run = project.start({"materialize", "waits", "--all", "-j", "2"});
  REQUIRE(project.wait_for("started-1"));
  run.signal(SIGKILL);
  CHECK(run.wait().code == 128 + SIGKILL);
  const CommandResult next = project.run({"runs"});
  CHECK(next.code == 0);
  CHECK(next.err.find("interrupted") != std::string::npos);
  CHECK(project.json({"run", "last"})["result"].as_string() == "interrupted");
  CHECK(materialized(project, "letters") == 3);
  CHECK(materialized(project, "waits") == 0);
  project.write("release", "");
  CHECK(project.run({"materialize", "waits", "--missing"}).code == 0);
  CHECK(materialized(project, "waits") == 4);
}

TEST_CASE("a second run waits for the first and does not run anything twice") {
  Sandbox project;
  project.add_plugin("behaviours");
  RunningCommand first = project.start({"materialize", "waits", "--missing"});
  REQUIRE(project.wait_for("started-1"));
  const CommandResult refused = project.run({"materialize", "waits", "--missing", "--no-wait"});
  CHECK(refused.code == 6);
  RunningCommand second = project.start({"--json", "materialize", "waits", "--missing"});
  project.write("release", "");
  CHECK(first.wait().code == 0);
  const CommandResult joined = second.wait();
  CHECK(joined.code == 0);
  CHECK(project.json({"runs"})["runs"].as_array().size() == 1);
  CHECK(materialized(project, "waits") == 4);
}
