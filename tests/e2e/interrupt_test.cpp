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

TEST_CASE("a run that was interrupted is not to be gone on with once others made all of it") {
  Sandbox project;
  project.add_plugin("behaviours");
  RunningCommand run = project.start({"materialize", "waits", "--all", "-j", "1"});
  REQUIRE(project.wait_for("started-1"));
  run.signal(SIGKILL);
  run.wait();
  CHECK(project.json({"status"})["interrupted_runs"].as_array().size() == 1);
  project.write("release", "");
  CHECK(project.run({"materialize", "waits@{1,2,3}"}).code == 0);
  CHECK(project.run({"status"}).out.find("partita resume 1") != std::string::npos);
  CHECK(project.run({"materialize", "waits@4"}).code == 0);
  CHECK(project.json({"status"})["interrupted_runs"].as_array().empty());
  CHECK(project.run({"status"}).out.find("partita resume") == std::string::npos);
}

TEST_CASE("a run that goes on says where its code is not today's, and how to run that") {
  Sandbox project;
  project.add_plugin("fresh_1", "fresh");
  RunningCommand run = project.start({"materialize", "clean or slow", "--all", "--upstream-missing",
                                      "-j", "1", "--isolation", "partition"});
  REQUIRE(project.wait_for("started"));
  run.signal(SIGKILL);
  run.wait();
  project.write("release", "");
  project.add_plugin("fresh_2", "fresh");
  const CommandResult resumed = project.run({"resume", "1"});
  CHECK(resumed.code == 0);
  CHECK(resumed.err.find("run 1 goes on with the code of generation 1, which is 2 now: ") !=
        std::string::npos);
  CHECK(resumed.err.find("code of clean is 1, and 2 now") != std::string::npos);
  CHECK(resumed.err.find("`partita retry 1` runs today's") != std::string::npos);
}

TEST_CASE("a run that goes on says how many of its partitions were removed since") {
  Sandbox project;
  project.add_plugin("customers");
  REQUIRE(project.run({"dynamic", "add", "customers", "a", "b", "c"}).code == 0);
  project.write("hold-a", "");
  RunningCommand run = project.start({"materialize", "orders", "--all", "-j", "1"});
  REQUIRE(project.wait_for("started-a"));
  run.signal(SIGKILL);
  run.wait();
  project.write("release", "");
  REQUIRE(project.run({"dynamic", "remove", "customers", "b"}).code == 0);
  const CommandResult resumed = project.run({"resume", "1"});
  CHECK(resumed.code == 0);
  CHECK(resumed.err.find("1 partition of orders that it had planned is left out: removed since") !=
        std::string::npos);
  CHECK(materialized(project, "orders") == 2);
}

TEST_CASE("resume of a run that failed says how to take up what failed") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"materialize", "misbehaves@fail"}).code == 1);
  const CommandResult refused = project.run({"resume", "last"});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("`partita retry 1` takes up what failed") != std::string::npos);
}

TEST_CASE("a retry of a retry names only the run that it retries") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"materialize", "misbehaves@fail"}).code == 1);
  CHECK(project.run({"retry", "1"}).code == 1);
  CHECK(project.run({"retry", "2"}).code == 1);
  CHECK(project.json({"run", "3"})["selection"].as_string() == "misbehaves@fail (retry of run 2)");
}

TEST_CASE("a retry leaves out what no definition has any more, and says so where some is left") {
  Sandbox project;
  project.add_plugin("leases");
  project.add_plugin("versions_1", "versions");
  project.write("bad", "");
  CHECK(project.run({"materialize", "vetted+ or goes", "--all"}).code == 1);
  project.add_plugin("versions_2", "versions");
  std::filesystem::remove(project.directory() / "bad");
  const CommandResult retried = project.run({"retry", "1"});
  CHECK(retried.code == 0);
  CHECK(retried.err.find("is left out") == std::string::npos);
  CHECK(project.json({"run", "2"})["counts"]["materialized"].as_int() == 2);

  project.write("bad", "");
  CHECK(project.run({"materialize", "vetted+ or answer", "--all"}).code == 1);
  std::filesystem::remove(project.directory() / "definitions/leases.so");
  const CommandResult nothing = project.run({"retry", "3"});
  CHECK(nothing.code == 0);
  CHECK(nothing.out.find("nothing to do") != std::string::npos);
  CHECK(nothing.err.find("vetted is left out: no definition has it any more, and 1 partition of it "
                         "is left") != std::string::npos);
  CHECK(nothing.err.find("answer is left out") == std::string::npos);
}

TEST_CASE("a run goes on with assets that no definition has any more") {
  Sandbox project;
  project.add_plugin("behaviours");
  RunningCommand run = project.start({"materialize", "waits", "--all", "-j", "1"});
  REQUIRE(project.wait_for("started-1"));
  run.signal(SIGKILL);
  run.wait();
  project.write("release", "");
  std::filesystem::remove(project.directory() / "definitions/behaviours.so");
  CHECK(project.json({"status"})["interrupted_runs"].as_array().size() == 1);
  const CommandResult resumed = project.run({"resume", "1"});
  CHECK(resumed.code == 0);
  CHECK(resumed.err.find("waits is not defined any more") != std::string::npos);
  CHECK(project.json({"run", "1"})["result"].as_string() == "success");
}

TEST_CASE("a stopped run with failures is shown with both ways on, as at its end") {
  Sandbox project;
  project.add_plugin("customers");
  REQUIRE(project.run({"dynamic", "add", "customers", "a", "b", "c"}).code == 0);
  project.write("refuse-a", "");
  project.write("hold-b", "");
  RunningCommand run = project.start({"materialize", "orders", "--all", "-j", "1"});
  REQUIRE(project.wait_for("started-b"));
  run.signal(SIGINT);
  run.signal(SIGINT);
  CHECK(run.wait().code == 130);
  const std::string shown = project.run({"run", "1"}).out;
  CHECK_MESSAGE(shown.find("partita retry 1") != std::string::npos, shown);
  CHECK(shown.find("partita resume 1") != std::string::npos);
}
