// Materializing: what runs, what is kept, what is held back, under every isolation.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::Sandbox;

namespace {

constexpr const char* kIsolations[] = {"none", "worker", "partition"};

std::int64_t count(const Json& answer, const char* status) {
  return answer["counts"][status].as_int();
}

Json attempt(const Json& run, const std::string& asset, const std::string& key) {
  for (const Json& one : run["partitions"].as_array()) {
    if (one["asset"].as_string() == asset && one["key"].as_string() == key) return one;
  }
  return {};
}

}  // namespace

TEST_CASE("a blocking check that fails leaves the earlier output and materialization in place") {
  Sandbox project;
  project.add_plugin("leases");
  project.write("content", "first\n");
  CHECK(project.run({"materialize", "vetted+", "--all"}).code == 0);
  project.write("content", "second\n");
  project.write("bad", "");
  const Json counts = project.json({"materialize", "vetted+", "--all"})["counts"];
  CHECK(counts["failed"].as_int() == 1);
  CHECK(counts["upstream_failed"].as_int() == 1);
  CHECK(project.read(".partita/outputs/vetted/@1/made") == "first");
  const Json shown = project.json({"show", "vetted"});
  CHECK(shown["latest"]["run"].as_int() == 1);
  CHECK(shown["checks"].as_array()[0]["not_passed"].as_int() == 0);
  const Json explained = project.json({"explain", "vetted@1"});
  CHECK(explained["materialization"]["run"].as_int() == 1);
  CHECK(explained["checks"].as_array()[0]["run"].as_int() == 1);
  CHECK(explained["reason"].as_string().find("did not pass") != std::string::npos);
  std::filesystem::remove(project.directory() / "bad");
  CHECK(project.run({"retry", "2"}).code == 0);
  CHECK(project.read(".partita/outputs/vetted/@1/made") == "second");
}

TEST_CASE("a partition's output is visible to its downstream and to people") {
  for (const char* isolation : kIsolations) {
    CAPTURE(isolation);
    Sandbox project;
    project.add_plugin("behaviours");
    const Json answer =
        project.json({"materialize", "+sentence", "--all", "--isolation", isolation});
    CHECK(answer["result"].as_string() == "success");
    CHECK(count(answer, "materialized") == 7);
    CHECK(project.read(".partita/outputs/words/@b/word.txt") == "bb\n");
    const Json shown = project.json({"show", "sentence"});
    CHECK(shown["latest"]["metadata"]["words"]["value"].as_int() == 3);
  }
}

TEST_CASE("a partition that crashes fails alone, with its signal and where it happened") {
  for (const char* isolation : {"worker", "partition"}) {
    CAPTURE(isolation);
    Sandbox project;
    project.add_plugin("behaviours");
    const Json answer =
        project.json({"materialize", "crashes or after_crash", "--all", "--isolation", isolation});
    CHECK(answer["result"].as_string() == "failed");
    CHECK(count(answer, "materialized") == 4);
    CHECK(count(answer, "failed") == 1);
    CHECK(count(answer, "upstream_failed") == 1);
    const Json run = project.json({"run", std::to_string(answer["run"].as_int())});
    const Json crash = attempt(run, "crashes", "two");
    CHECK(crash["error"]["kind"].as_string() == "signal");
    CHECK(crash["error"]["signal"].as_int() == 11);
    CHECK(crash["error"]["message"].as_string().find("SIGSEGV") != std::string::npos);
#if !defined(__SANITIZE_ADDRESS__)
    const std::string backtrace = crash["error"]["backtrace"].as_string();
    CHECK(backtrace.find("behaviours.so") != std::string::npos);
    CHECK(backtrace.find("partita::Worker") == std::string::npos);
    CHECK(backtrace.find(" in main") == std::string::npos);
#endif
    const CommandResult log = project.run({"logs", "last", "crashes@two"});
    CHECK(log.out.find("about to crash") != std::string::npos);
    CHECK(attempt(run, "after_crash", "two")["reason"].as_string() ==
          "crashes@two did not succeed");
  }
}

TEST_CASE("what a function throws or does is told in its own words") {
  Sandbox project;
  project.add_plugin("behaviours");
  const Json answer = project.json({"materialize", "misbehaves", "--all"});
  CHECK(count(answer, "materialized") == 1);
  CHECK(count(answer, "skipped") == 1);
  CHECK(count(answer, "failed") == 5);
  const Json run = project.json({"run", "last"});
  const auto message = [&](const char* key) {
    return attempt(run, "misbehaves", key)["error"]["message"].as_string();
  };
  CHECK(message("abort").find("SIGABRT") != std::string::npos);
  CHECK(message("exit").find("exited with code 0") != std::string::npos);
  CHECK(message("throw_int").find("int") != std::string::npos);
  CHECK(message("throw_std").find("the disk is blue") != std::string::npos);
  CHECK(message("throw_std").find("runtime_error") != std::string::npos);
  CHECK(message("fail") == "no coffee");
  CHECK(attempt(run, "misbehaves", "skip")["reason"].as_string() == "nothing today");
}

TEST_CASE("what a partition prints is kept in order, each with its own") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"materialize", "prints", "--all", "-j", "1"}).code == 0);
  const CommandResult x = project.run({"logs", "last", "prints@x"});
  const CommandResult y = project.run({"logs", "last", "prints@y"});
  for (const char* line : {"out x", "log x", "err x"}) CHECK(x.out.find(line) != std::string::npos);
  CHECK(x.out.find("out x") < x.out.find("log x"));
  CHECK(x.out.find('y') == std::string::npos);
  CHECK(y.out.find("err y") != std::string::npos);
}

TEST_CASE("a blocking check that does not pass keeps the output from being seen") {
  Sandbox project;
  project.add_plugin("behaviours");
  const Json answer = project.json({"materialize", "guarded"});
  CHECK(answer["result"].as_string() == "failed");
  CHECK_FALSE(project.exists(".partita/outputs/guarded/all/bad.txt"));
  const Json run = project.json({"run", "last"});
  CHECK(attempt(run, "guarded", "")["error"]["kind"].as_string() == "check");
  CHECK(attempt(run, "guarded", "")["checks"].as_array().at(0)["name"].as_string() == "must_hold");
}

TEST_CASE("a check that passes is kept with its partition") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"materialize", "letters", "--all"}).code == 0);
  const Json shown = project.json({"show", "letters"});
  CHECK(shown["checks"].as_array().at(0)["passed"].as_int() == 3);
}

TEST_CASE("a subset is materialized without touching the rest") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"materialize", "by_month", "--all"}).code == 0);
  const Json answer = project.json({"materialize", "by_month@2024-02-01..2024-03-01"});
  CHECK(count(answer, "materialized") == 2);
  const Json run = project.json({"run", "last"});
  CHECK(run["partitions"].as_array().size() == 2);
  CHECK(attempt(run, "by_month", "2024-03-01")["metadata"]["month"]["value"].as_string() ==
        "2024-03-01");
  CHECK(project.json({"partitions", "by_month", "--status", "materialized"})["count"].as_int() ==
        12);
}

TEST_CASE("--missing materializes what is not there, and then there is nothing to do") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(count(project.json({"materialize", "letters@b"}), "materialized") == 1);
  CHECK(count(project.json({"materialize", "letters", "--missing"}), "materialized") == 2);
  const Json nothing = project.json({"materialize", "letters", "--missing"});
  CHECK(nothing["result"].as_string() == "success");
  CHECK(nothing["run"].is_null());
}

TEST_CASE("--failed runs again what failed and nothing else") {
  Sandbox project;
  project.add_plugin("behaviours");
  (void)project.run({"materialize", "crashes", "--all"});
  const Json answer = project.json({"materialize", "crashes", "--failed"});
  CHECK(count(answer, "failed") == 1);
  CHECK(answer["planned"].as_int() == 1);
}

TEST_CASE("a missing upstream holds its descendants back unless it is taken along") {
  Sandbox project;
  project.add_plugin("behaviours");
  const Json held = project.json({"materialize", "words@b"});
  CHECK(held["result"].as_string() == "failed");
  CHECK(count(held, "upstream_failed") == 1);
  const Json run = project.json({"run", "last"});
  CHECK(attempt(run, "words", "b")["reason"].as_string().find("letters@b") != std::string::npos);
  const Json taken = project.json({"materialize", "words@b", "--upstream-missing"});
  CHECK(count(taken, "materialized") == 2);
  CHECK(project.json({"partitions", "letters", "--status", "materialized"})["count"].as_int() == 1);
}

TEST_CASE("configuration comes typed from partita.toml and from the command line over it") {
  Sandbox project(
      "definitions = [\"definitions\"]\n[config.configured]\nlimit = 3\n[resources.store]\npath = "
      "\"x.db\"\n");
  project.add_plugin("behaviours");
  const auto limit = [&] {
    return project.json({"show", "configured"})["latest"]["metadata"]["limit"]["value"].as_int();
  };
  CHECK(project.run({"materialize", "configured"}).code == 0);
  CHECK(limit() == 3);
  CHECK(project.run({"materialize", "configured", "--config", "configured.limit=11"}).code == 0);
  CHECK(limit() == 11);
  const Json shown = project.json({"show", "configured"});
  CHECK(shown["latest"]["metadata"]["path"]["value"].as_string() == "x.db");
}

TEST_CASE("a dry run says what would run and runs nothing") {
  Sandbox project;
  project.add_plugin("behaviours");
  const Json plan = project.json({"materialize", "by_month@2024-01-01..2024-06-01", "--dry-run"});
  CHECK(plan["tasks"].as_array().at(0)["count"].as_int() == 6);
  CHECK(plan["tasks"].as_array().at(0)["partitions"].as_string() == "2024-01-01..2024-06-01");
  CHECK(project.json({"runs"})["runs"].as_array().empty());
}

TEST_CASE("--jsonl tells a run as it goes on, the end last") {
  Sandbox project;
  project.add_plugin("behaviours");
  std::istringstream lines(project.run({"materialize", "letters", "--all", "--jsonl"}).out);
  std::vector<Json> events;
  for (std::string line; std::getline(lines, line);) events.push_back(*Json::parse(line));
  REQUIRE(events.size() >= 5);
  CHECK(events.front()["event"].as_string() == "planned");
  CHECK(events.front()["tasks"].as_array().at(0)["count"].as_int() == 3);
  const auto is_done = [](const Json& event) {
    return event["event"].as_string() == "finished" &&
           event["status"].as_string() == "materialized" && event["asset"].as_string() == "letters";
  };
  CHECK(std::count_if(events.begin(), events.end(), is_done) == 3);
  CHECK(events.back()["event"].as_string() == "ended");
  CHECK(events.back()["result"].as_string() == "success");
}

TEST_CASE("--jsonl of what is made already tells of no run") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "letters", "--all"}).code == 0);
  std::istringstream lines(project.run({"materialize", "letters", "--missing", "--jsonl"}).out);
  for (const char* event : {"planned", "ended"}) {
    std::string line;
    std::getline(lines, line);
    const Json told = *Json::parse(line);
    CHECK(told["event"].as_string() == event);
    CHECK(told["run"].is_null());
  }
}

TEST_CASE("partitions run in the order in which they were typed, where that is asked for") {
  Sandbox project;
  project.add_plugin("behaviours");
  const std::vector<std::string> in_order = {
      "letters@{c,a,b}", "-j", "1", "--isolation", "none", "--order", "listed", "--jsonl"};
  for (const std::string command : {"materialize", "check"}) {
    std::vector<std::string> arguments{command};
    if (command == "check") arguments.emplace_back("run");
    arguments.insert(arguments.end(), in_order.begin(), in_order.end());
    const CommandResult result = project.run(arguments);
    CHECK(result.code == 0);
    std::string keys;
    for (std::size_t at = 0; (at = result.out.find("finished", at)) != std::string::npos; ++at)
      keys += result.out.at(result.out.find("\"key\":\"", at) + 7);
    CHECK(keys == "cab");
  }
  const CommandResult refused = project.run({"retry", "1", "--order", "listed"});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("it takes newest or oldest") != std::string::npos);
}

TEST_CASE("a run in which everything is held back says how to take along what is missing") {
  Sandbox project;
  project.add_plugin("behaviours");
  const CommandResult held = project.run({"materialize", "words", "--partition", "a"});
  CHECK(held.code == 1);
  CHECK(held.out.find("partita materialize words --partition a --upstream-missing") !=
        std::string::npos);
  CHECK(held.out.find("partita retry") == std::string::npos);
  CHECK(project.run({"materialize", "words", "--partition", "a", "--upstream-missing"}).code == 0);
}

TEST_CASE("events say what was made, by which code") {
  Sandbox project;
  project.add_plugin("fresh_1");
  project.write("raw-a", "seven");
  std::istringstream lines(project.run({"materialize", "raw@a or clean@a", "--jsonl"}).out);
  std::vector<Json> finished;
  for (std::string line; std::getline(lines, line);) {
    Json event = *Json::parse(line);
    if (event["event"].as_string() == "finished") finished.push_back(std::move(event));
  }
  REQUIRE(finished.size() == 2);
  CHECK(finished[0]["data_version"].as_string() == "seven");
  const Json made = project.json({"show", "clean"})["latest"];
  CHECK(finished[1]["data_version"].as_string() == made["data_version"].as_string());
  CHECK(finished[1]["code_hash"].as_string() == made["code_hash"].as_string());
  CHECK_FALSE(made["code_hash"].as_string().empty());
}
