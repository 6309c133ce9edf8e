// What is stale and why, plans that are frozen, and runs that are taken up again.
#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace {

// The chain, all of it made once.
struct Chain : Sandbox {
  Chain() {
    add_plugin("fresh_1");
    REQUIRE(run({"materialize", "+report", "--all"}).code == 0);
  }
  // Under the name of the first.
  void other_code() const { add_plugin("fresh_2", "fresh_1"); }

  std::string stale(const char* asset) const {
    std::string keys;
    const Json answer = json({"partitions", asset, "--status", "stale"});
    for (const Json& row : answer["partitions"].as_array()) keys += row["key"].as_string();
    return keys;
  }
  std::string reason(const char* partition) const {
    const Json explained = json({"explain", partition});
    const auto& reasons = explained["reasons"].as_array();
    return reasons.empty() ? ""
                           : reasons[0]["kind"].as_string() + ": " + reasons[0]["text"].as_string();
  }
};

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("nothing is stale after everything was made, and --stale finds nothing to do") {
  Chain project;
  CHECK(project.json({"materialize", "--stale"})["run"].is_null());
  CHECK(project.json({"explain", "clean@a"})["fresh"].as_bool());
  CHECK(project.json({"explain", "clean@a"})["reasons"].as_array().empty());
}

TEST_CASE("a changed upstream makes stale what read it, with old and new data version") {
  Chain project;
  project.write("raw-b", "2");
  REQUIRE(project.run({"materialize", "raw@b"}).code == 0);
  CHECK(project.stale("clean") == "b");
  CHECK(project.reason("clean@b") == "upstream: raw changed");
  const Json upstream = project.json({"explain", "clean@b"})["upstream"].as_array()[0];
  CHECK(upstream["note"].as_string() == "changed by run 2: data version 1 -> 2");
  CHECK(project.json({"list"})["assets"].as_array()[0]["stale"].as_int() == 1);
  const Json plan = project.json({"plan", "--stale"});
  CHECK(plan["tasks"].as_array()[0]["reason"].as_string() == "stale: raw changed");
  REQUIRE(project.run({"materialize", "clean", "--stale"}).code == 0);
  CHECK(project.stale("clean").empty());
  CHECK(project.json({"explain", "report"})["fresh"] == Json(false));
}

TEST_CASE("the same data again makes nothing stale, nor do data that change back") {
  Chain project;
  REQUIRE(project.run({"materialize", "raw", "--all"}).code == 0);
  CHECK(project.stale("clean").empty());
  REQUIRE(project.run({"materialize", "clean", "--all"}).code == 0);
  CHECK(project.json({"explain", "report"})["fresh"].as_bool());
  project.write("raw-a", "2");
  REQUIRE(project.run({"materialize", "raw@a"}).code == 0);
  CHECK(project.stale("clean") == "a");
  project.write("raw-a", "1");
  REQUIRE(project.run({"materialize", "raw@a"}).code == 0);
  CHECK(project.stale("clean").empty());
}

TEST_CASE("another declared code version is told as old and new") {
  Chain project;
  project.other_code();
  CHECK(project.stale("clean") == "abc");
  CHECK(project.reason("clean@a") == "code_version: code version 1 -> 2");
  CHECK(project.reason("report").empty());
  REQUIRE(project.run({"materialize", "clean", "--stale"}).code == 0);
  CHECK(project.reason("report") == "upstream: clean changed");
}

TEST_CASE("a setting that differs makes stale") {
  Chain project;
  project.write("partita.toml", "definitions = [\"definitions\"]\n[config.clean]\nrate = 2\n");
  CHECK(project.reason("clean@a") == "config: config rate: not set -> 2");
  CHECK(project.stale("raw").empty());
}

TEST_CASE("what was wiped is not stale, until it is brought back") {
  Chain project;
  project.write("raw-b", "2");
  REQUIRE(project.run({"materialize", "raw@b"}).code == 0);
  REQUIRE(project.run({"wipe", "clean@{a,b}", "--yes"}).code == 0);
  CHECK(project.stale("clean").empty());
  CHECK(project.json({"explain", "clean@b"})["status"].as_string() == "missing");
  CHECK(project.json({"explain", "clean@c"})["fresh"].as_bool());
  REQUIRE(project.run({"wipe", "--undo"}).code == 0);
  CHECK(project.stale("clean") == "b");
}

TEST_CASE(
    "what read a partition that was wiped is stale, until that is brought back or made again") {
  Chain project;
  REQUIRE(project.run({"wipe", "raw@b", "--yes"}).code == 0);
  CHECK(project.stale("clean") == "b");
  CHECK(project.reason("clean@b") == "upstream: raw was wiped");
  const Json upstream = project.json({"explain", "clean@b"})["upstream"].as_array()[0];
  CHECK(upstream["status"].as_string() == "missing");
  CHECK(upstream["note"].as_string() == "is missing");
  CHECK(project.json({"plan", "clean", "--stale"})["blocked"].as_array().size() == 1);
  REQUIRE(project.run({"wipe", "--undo"}).code == 0);
  CHECK(project.stale("clean").empty());
  REQUIRE(project.run({"wipe", "raw@{a,b}", "--yes"}).code == 0);
  REQUIRE(project.run({"materialize", "raw@a"}).code == 0);  // with the same data version
  CHECK(project.stale("clean") == "b");
  CHECK(project.run({"materialize", "clean", "--stale", "--upstream-missing"}).code == 0);
  CHECK(project.stale("clean").empty());
}

TEST_CASE("a run of what is stale passes over what comes out the same upstream") {
  Chain project;
  project.write("raw-b", "2");
  REQUIRE(project.run({"materialize", "raw@b"}).code == 0);
  const Json plan = project.json({"plan", "--stale"});
  REQUIRE(plan["tasks"].as_array().size() == 2);
  CHECK(plan["tasks"].as_array()[1]["reason"].as_string() == "if clean changes");
  CHECK(plan["tasks"].as_array()[1]["conditional"].as_bool());
  const Json answer = project.json({"materialize", "--stale"});
  CHECK(answer["counts"]["materialized"].as_int() == 2);
  CHECK(project.json({"materialize", "--stale"})["run"].is_null());
}

TEST_CASE("explain shows a failure with its output and what to type next") {
  Chain project;
  project.write("fail-b", "");
  CHECK(project.run({"materialize", "clean@b"}).code == 1);
  const Json explained = project.json({"explain", "clean@b"});
  CHECK(explained["status"].as_string() == "failed");
  CHECK(explained["attempts"].as_array().size() == 2);
  CHECK(explained["output"].as_string() == "cleaning b\n");
  CHECK_FALSE(explained["materialization"].is_null());
  const std::string text = project.run({"explain", "clean@b"}).out;
  CHECK(contains(text, "dirt"));
  CHECK(contains(text, "partita materialize clean@b"));
  CHECK(project.run({"explain", "clean"}).code == 2);
  CHECK(project.run({"explain", "clean@nope"}).code == 2);
  CHECK(project.run({"explain", "cleam@a"}).code == 2);
}

TEST_CASE("a frozen plan is applied once, and refused when what it rests on has moved") {
  Chain project;
  project.write("raw-b", "2");
  REQUIRE(project.run({"materialize", "raw@b"}).code == 0);
  CHECK(project.run({"plan", "clean", "--stale", "-o", "frozen.plan"}).code == 0);
  CHECK(project.json({"apply", "frozen.plan"})["planned"].as_int() == 1);
  const CommandResult again = project.run({"apply", "frozen.plan"});
  CHECK(again.code == 5);
  CHECK(contains(again.err, "clean@b: was stale: raw changed, is fresh now (run 3)"));
  REQUIRE(project.run({"plan", "clean", "--all", "-o", "all.plan"}).code == 0);
  project.other_code();
  CHECK(contains(project.run({"apply", "all.plan"}).err, "code of clean: 1 -> 2"));
  project.write("all.plan", project.read("frozen.plan").replace(30, 3, "xyz"));
  CHECK(project.run({"apply", "all.plan"}).code == 2);
  CHECK(project.run({"apply", "none.plan"}).code != 0);
}

TEST_CASE("retry runs what failed and what that held back, and nothing else") {
  Sandbox project;
  project.add_plugin("fresh_1");
  project.write("fail-b", "");
  const CommandResult failed = project.run({"materialize", "+report", "--all"});
  CHECK(failed.code == 1);
  CHECK(contains(failed.out, "partita retry 1"));
  CHECK(project.run({"retry", "1"}).code == 1);
  std::filesystem::remove(project.directory() / "fail-b");
  const Json answer = project.json({"retry", "1"});
  CHECK(answer["result"].as_string() == "success");
  CHECK(answer["counts"]["materialized"].as_int() == 2);
  CHECK(project.json({"retry", "1"})["run"].is_null());
  CHECK(project.run({"retry", "99"}).code == 2);
}

TEST_CASE("of what was reported it is not known whether other code would make the same") {
  Sandbox project;
  project.add_plugin("fresh_1");
  CHECK(project.run({"materialize", "raw@a"}).code == 0);
  CHECK(project.run({"report", "clean", "a"}).code == 0);
  CHECK(project.json({"explain", "clean@a"})["fresh"].as_bool());
  project.add_plugin("fresh_2", "fresh_1");  // cleans by other code
  const Json explained = project.json({"explain", "clean@a"});
  CHECK(explained["fresh"].is_null());
  CHECK(explained["reasons"].as_array()[0]["kind"].as_string() == "unknown");
  CHECK(project.json({"list", "clean"})["assets"].as_array()[0]["unknown"].as_int() == 1);
}

TEST_CASE("retry runs without the upstream that the run was allowed to miss") {
  Sandbox project;
  project.add_plugin("fresh_1");
  project.write("fail-a", "");
  CHECK(project.run({"materialize", "clean@a", "--allow-missing-upstream"}).code == 1);
  std::filesystem::remove(project.directory() / "fail-a");
  CHECK(project.run({"retry", "1"}).code == 0);
}

TEST_CASE("retry goes by the settings that the run was given, unless it is given others") {
  Sandbox project;
  project.add_plugin("fresh_1");
  project.write("fail-2", "");
  CHECK(project.run({"materialize", "told", "--all", "-j", "1", "--config", "word=this"}).code ==
        1);
  CHECK(project.run({"retry", "1"}).code == 1);
  CHECK(project.run({"retry", "2", "--config", "word=that"}).code == 1);
  CHECK(project.run({"retry", "3"}).code == 1);
  CHECK(project.read("words") == "1 this\n2 this\n2 this\n2 that\n2 that\n");
  CHECK(contains(project.run({"run", "1"}).out, "told --all --config word=this"));
}

TEST_CASE("resume goes on by the configuration that the run began with, and what is given now") {
  for (const bool given : {false, true}) {
    CAPTURE(given);
    Sandbox project("definitions = [\"definitions\"]\n[config.told]\nword = \"then\"\n");
    project.add_plugin("fresh_1");
    project.write("hold-2", "");
    RunningCommand run = project.start({"materialize", "told", "--all", "-j", "1", "--jsonl"});
    REQUIRE(project.wait_for("started-2"));
    REQUIRE(run.wait_for_output("finished"));  // the first is durable
    run.signal(SIGKILL);
    run.wait();
    std::filesystem::remove(project.directory() / "hold-2");
    project.write("partita.toml",
                  "definitions = [\"definitions\"]\n[config.told]\nword = \"now\"\n");
    std::vector<std::string> words = {"resume", "1"};
    if (given) words.insert(words.end(), {"--config", "told.word=given"});
    const CommandResult resumed = project.run(words);
    CHECK(resumed.code == 0);
    CHECK(contains(resumed.err, "goes on with the [config] that it began with, and that of told"));
    CHECK(project.read("words") ==
          (given ? "1 then\n2 then\n2 given\n" : "1 then\n2 then\n2 then\n"));
  }
}

TEST_CASE("resume goes on with a killed run, by the code that it began with") {
  Sandbox project;
  project.add_plugin("fresh_1");
  RunningCommand run = project.start({"materialize", "slow", "--all", "-j", "1", "--jsonl"});
  REQUIRE(project.wait_for("started"));
  REQUIRE(run.wait_for_output("finished"));  // the first is durable
  run.signal(SIGKILL);
  CHECK(run.wait().code == 128 + SIGKILL);
  project.add_plugin("fresh_2", "fresh_1");
  // Returns once the dead host's workers have ended.
  const CommandResult next = project.run({"reload"});
  CHECK(contains(next.err, "partita resume 1"));
  project.write("release", "");
  const Json answer = project.json({"resume", "1", "-j", "1"});
  CHECK(answer["run"].as_int() == 1);
  CHECK(answer["result"].as_string() == "success");
  CHECK(answer["counts"]["materialized"].as_int() == 2);
  CHECK(project.read("ran") == "1 1\n2 1\n2 1\n3 1\n");
  CHECK(project.json({"run", "1"})["counts"]["materialized"].as_int() == 3);
  CHECK(project.run({"resume", "1"}).code == 2);
  CHECK(project.json({"db", "check"})["problems"].as_array().empty());
}

TEST_CASE("so does a resume of a run that was stopped, whatever was reloaded since") {
  Sandbox project;
  project.add_plugin("fresh_1");
  RunningCommand run = project.start({"materialize", "slow", "--all", "-j", "1"});
  REQUIRE(project.wait_for("started"));
  run.signal(SIGINT);
  CHECK(run.wait().code == 130);
  project.add_plugin("fresh_2", "fresh_1");
  CHECK(project.run({"reload"}).code == 0);
  project.write("release", "");
  CHECK(project.run({"resume", "1", "-j", "1"}).code == 0);
  CHECK(project.read("ran").ends_with("3 1\n"));
}
