// How an asset says it is run: retries, limits, isolation, batches.
#include <doctest/doctest.h>
#include <signal.h>

#include <set>
#include <sstream>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace {

constexpr const char* kIsolations[] = {"none", "worker", "partition"};

struct Project : Sandbox {
  explicit Project(std::string_view toml = "definitions = [\"definitions\"]\n") : Sandbox(toml) {
    add_plugin("policies");
  }
  Json materialize(const std::string& selection, const std::string& isolation = "worker") const {
    return json({"materialize", selection, "--all", "-j", "4", "--isolation", isolation});
  }
  // The last attempt at a partition in the last run.
  Json attempt(const std::string& asset, const std::string& key) const {
    const Json run = json({"run", "last"});
    for (const Json& one : run["partitions"].as_array()) {
      if (one["asset"].as_string() == asset && one["key"].as_string() == key) return one;
    }
    return {};
  }
  std::int64_t metadata(const std::string& asset, const std::string& key, const char* name) const {
    return attempt(asset, key)["metadata"][name]["value"].as_int();
  }
};

std::int64_t count(const Json& answer, const char* status) {
  return answer["counts"][status].as_int();
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.insert(line);
  return lines;
}

}  // namespace

TEST_CASE("a partition that fails is attempted again, and a retried success is a success") {
  for (const char* isolation : kIsolations) {
    CAPTURE(isolation);
    const Project project;
    const Json answer = project.materialize("flaky+", isolation);
    CHECK(answer["result"].as_string() == "success");
    CHECK(count(answer, "materialized") == 4);
    CHECK(project.attempt("flaky", "b")["attempts"].as_int() == 3);
    CHECK(project.attempt("flaky", "b")["status"].as_string() == "materialized");
    const Json flaky = project.attempt("flaky", "b");
    const auto& earlier = flaky["earlier"].as_array();
    REQUIRE(earlier.size() == 2);
    CHECK(earlier[0]["attempt"].as_int() == 1);
    CHECK(earlier[1]["status"].as_string() == "failed");
    CHECK(!earlier[1]["error"]["message"].as_string().empty());
    CHECK(project.attempt("flaky", "a")["earlier"].as_array().empty());
    CHECK(project.run({"run", "last"}).out.find("attempt 3, after: ") != std::string::npos);
    CHECK(project.attempt("flaky", "a")["attempts"].as_int() == 1);
  }
}

TEST_CASE("a partition is attempted once and once more for each retry, each with its own reason") {
  const Project project;
  CHECK(project.materialize("hopeless")["result"].as_string() == "failed");
  const Json last = project.attempt("hopeless", "");
  CHECK(last["attempts"].as_int() == 3);
  CHECK(last["error"]["message"].as_string() == "attempt 3");
  const std::string shown = project.run({"run", "last"}).out;
  CHECK(shown.find("3 attempts") != std::string::npos);
  CHECK(shown.find("attempts before") != std::string::npos);
  const CommandResult told = project.run({"materialize", "hopeless"});
  CHECK(told.err.find("again in 1 ms hopeless: attempt 1") != std::string::npos);
}

TEST_CASE("a crash is attempted again, and so is what asks for it") {
  const Project project;
  CHECK(project.materialize("crashes_at_first")["result"].as_string() == "success");
  CHECK(project.materialize("asks")["result"].as_string() == "failed");
  CHECK(project.attempt("asks", "")["error"]["message"].as_string() == "try 2");
  CHECK(project.attempt("asks", "")["error"]["kind"].as_string() == "retry");
}

TEST_CASE("an interrupt ends the wait for a retry") {
  const Project project;
  RunningCommand running = project.start({"materialize", "waits_long", "--all"});
  REQUIRE(running.wait_for_output("again in"));
  running.signal(SIGINT);
  const CommandResult ended = running.wait();
  CHECK(ended.code == 130);
  CHECK(project.attempt("waits_long", "a")["status"].as_string() == "failed");
}

TEST_CASE("a partition that overruns its time is ended, whatever it does against it") {
  for (const char* isolation : kIsolations) {
    CAPTURE(isolation);
    const Project project;
    const Json answer = project.materialize("overruns", isolation);
    CHECK(count(answer, "materialized") == 1);
    CHECK(count(answer, "failed") == 2);
    for (const char* key : {"loops", "blocks"}) {
      const Json error = project.attempt("overruns", key)["error"];
      CHECK(error["kind"].as_string() == "timeout");
      CHECK(error["message"].as_string() == "it ran longer than its time limit of 0.3 s");
    }
    CHECK(project.attempt("overruns", "loops")["error"]["signal"].as_int() == SIGTERM);
    CHECK(project.attempt("overruns", "blocks")["error"]["signal"].as_int() == SIGKILL);
    CHECK(project.run({"logs", "last", "overruns@blocks"}).out.find("still here") !=
          std::string::npos);
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a partition that asks for more memory than its limit fails, and the others do not") {
  for (const char* isolation : kIsolations) {
    CAPTURE(isolation);
    const Project project;
    const Json answer = project.materialize("allocates", isolation);
    CHECK(count(answer, "materialized") == 1);
    const Json error = project.attempt("allocates", "hungry")["error"];
    CHECK(error["kind"].as_string() == "memory_limit");
    CHECK(error["message"].as_string() == "it asked for more memory than its limit of 64 MiB");
  }
}
#endif

TEST_CASE(
    "a partition that takes more of the CPU than its limit is ended, and what it took is told") {
  const Project project;
  CHECK(project.materialize("burns")["result"].as_string() == "failed");
  const Json error = project.attempt("burns", "")["error"];
  CHECK(error["kind"].as_string() == "cpu_limit");
  CHECK(error["usage"]["user_seconds"].as_double() > 0.5);
  CHECK(error["usage"]["max_rss_bytes"].as_int() > 0);
}

TEST_CASE("what an asset asks of its process it gets, beside others of the same run") {
  for (const char* isolation : kIsolations) {
    CAPTURE(isolation);
    const Project project;
    const Json answer = project.materialize("own_process or in_worker or anywhere", isolation);
    CHECK(count(answer, "materialized") == 6);
    std::set<std::int64_t> own;
    for (const char* key : {"1000", "1001", "1002", "1003"})
      own.insert(project.metadata("own_process", key, "pid"));
    CHECK(own.size() == 4);
    CHECK_FALSE(own.contains(project.metadata("anywhere", "", "pid")));
    CHECK_FALSE(own.contains(project.metadata("in_worker", "", "pid")));
  }
}

TEST_CASE("exclusive assets and capped dimensions run no more at once than they may") {
  const Project project;
  CHECK(count(project.materialize("alone"), "materialized") == 20);
  const Json capped =
      project.json({"materialize", "grid", "--all", "-j", "8", "--max", "region=2"});
  CHECK(count(capped, "materialized") == 12);
  const CommandResult unknown = project.run({"materialize", "grid", "--all", "--max", "colour=2"});
  CHECK(unknown.code == 2);
  CHECK(unknown.err.find("colour") != std::string::npos);
  CHECK(project.run({"materialize", "grid", "--all", "--max", "region"}).code == 2);
}

TEST_CASE("an asset that kills process after process is given up, with what needs it") {
  const Project project("definitions = [\"definitions\"]\nmax_worker_deaths = 4\n");
  const CommandResult told = project.run({"materialize", "doomed+ or alone", "--all", "-j", "2"});
  CHECK(told.code == 1);
  CHECK(told.err.find("of `doomed` held back: ") != std::string::npos);
  CHECK(told.err.find("processes in a row died of `doomed` (max_worker_deaths)") !=
        std::string::npos);
  const Json run = project.json({"run", "last"});
  CHECK(count(run, "materialized") == 20);
  CHECK(count(run, "failed") < 10);
  CHECK(count(run, "failed") + count(run, "upstream_failed") == 200);
  CHECK(project.run({"partitions", "doomed", "--status", "upstream_failed"})
            .out.find("died of `doomed`") != std::string::npos);
}

TEST_CASE("a run's time ends with its own exit code") {
  const Project project;
  const CommandResult ended =
      project.run({"materialize", "burns or waits_long", "--all", "--timeout", "0.2s", "-j", "1"});
  CHECK(ended.code == 124);
  CHECK(project.run({"materialize", "grid", "--all", "--timeout", "soon"}).code == 2);
}

TEST_CASE("a run may go on after some failures only") {
  const Project project;
  const std::vector<std::string> words = {"materialize", "overruns or asks", "--all", "-j", "1"};
  std::vector<std::string> one = words;
  one.emplace_back("--keep-going=1");
  CHECK(count(project.json(one), "failed") == 1);
  std::vector<std::string> all = words;
  all.emplace_back("--keep-going");
  CHECK(count(project.json(all), "failed") == 3);
}

TEST_CASE("what a stopped run never began counts as cancelled, wherever the run is told") {
  for (const char* stop : {"--fail-fast", "--keep-going=2", "--timeout=0.2s"}) {
    CAPTURE(stop);
    const Project project;
    const Json answer = project.json({"materialize", "overruns or asks or waits_long", "--all",
                                      "-j", "1", "--isolation", "none", stop});
    const std::string counts = answer["counts"].dump();
    CAPTURE(counts);
    CHECK(count(answer, "cancelled") > 0);
    CHECK(project.json({"run", "last"})["counts"].dump() == counts);
    CHECK(project.json({"runs"})["runs"].as_array().at(0)["counts"].dump() == counts);
    CHECK(project.run({"run", "last"}).out.find(" cancelled") != std::string::npos);
    CHECK(project.run({"db", "check"}).code == 0);
  }
}

TEST_CASE("what is external is never run, and what lacks it says so") {
  const Project project;
  const CommandResult refused = project.run({"materialize", "elsewhere@a"});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("partita report elsewhere") != std::string::npos);
  const std::string explained = project.run({"explain", "uses_elsewhere@b"}).out;
  CHECK(explained.find("partita report elsewhere b") != std::string::npos);
  CHECK(explained.find("--upstream-missing") == std::string::npos);
  const Json answer = project.materialize("+uses_elsewhere");
  CHECK(count(answer, "upstream_failed") == 2);
  CHECK(project.run({"report", "elsewhere", "a"}).code == 0);
  CHECK(count(project.json({"materialize", "uses_elsewhere@a"}), "materialized") == 1);
}

TEST_CASE(
    "a batch keeps what it commits, whatever becomes of the rest, which alone is done again") {
  for (const char* isolation : {"worker", "partition"}) {
    CAPTURE(isolation);
    const Project project;
    const Json answer = project.materialize("batched+", isolation);
    CHECK(count(answer, "materialized") == 19);
    CHECK(count(answer, "skipped") == 1);
    CHECK(count(answer, "failed") == 2);
    CHECK(count(answer, "upstream_failed") == 2);
    CHECK(lines_of(project.read("calls.txt")) ==
          std::set<std::string>{"2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-05",
                                "2024-01-06 2024-01-07 2024-01-08 2024-01-09 2024-01-10",
                                "2024-01-11 2024-01-12", "2024-01-05", "2024-01-06 2024-01-07",
                                "2024-01-09 2024-01-10", "2024-01-12"});
    const Json committed = project.attempt("batched", "2024-01-08");
    CHECK(committed["attempts"].as_int() == 1);
    CHECK(committed["metadata"]["day"]["value"].as_string() == "2024-01-08");
    CHECK(committed["metadata"]["size"]["value"].as_int() == 5);
    CHECK(project.read(".partita/outputs/batched/@2024-01-08/day.txt") == "2024-01-08");
    CHECK(project.run({"logs", "last", "batched@2024-01-08"}).out.find("made 2024-01-08") !=
          std::string::npos);
    CHECK(project.attempt("batched", "2024-01-04")["reason"].as_string() == "a holiday");
    CHECK(project.attempt("batched", "2024-01-05")["error"]["message"].as_string() == "no rows");
    CHECK(project.attempt("batched", "2024-01-09")["attempts"].as_int() == 2);
    CHECK(project.attempt("batched", "2024-01-12")["error"]["kind"].as_string() == "check");
  }
}

TEST_CASE("what failed in a batch holds back what reads it in the same call, and all behind that") {
  for (const char* isolation : kIsolations) {
    CAPTURE(isolation);
    const Project project;
    const Json counts = project.materialize("carried+", isolation)["counts"];
    CHECK(counts["materialized"].as_int() == 4);
    CHECK(counts["failed"].as_int() == 1);
    CHECK(counts["upstream_failed"].as_int() == 9);
    const Json held = project.attempt("carried", "2024-01-04");
    CHECK(held["status"].as_string() == "upstream_failed");
    CHECK(held["reason"].as_string() == "carried@2024-01-03 did not succeed");
    CHECK(held["error"].is_null());
    CHECK(project.materialize("carried_again", isolation)["counts"]["materialized"].as_int() == 7);
    CHECK(project.attempt("carried_again", "2024-01-02")["attempts"].as_int() == 1);
    CHECK(project.attempt("carried_again", "2024-01-05")["attempts"].as_int() == 2);
  }
}

TEST_CASE("a batch reads of its own asset what it has just committed") {
  for (const char* isolation : kIsolations) {
    CAPTURE(isolation);
    const Project project;
    for (const int round : {1, 2}) {
      CAPTURE(round);
      CHECK(project.materialize("counted", isolation)["counts"]["materialized"].as_int() == 6);
      for (int day = 1; day <= 6; ++day)
        CHECK(project.metadata("counted", "2024-01-0" + std::to_string(day), "sum") == day);
      CHECK(project.json({"materialize", "counted", "--stale"})["run"].is_null());
    }
    const Json upstream = project.json({"explain", "counted@2024-01-05"})["upstream"].as_array()[0];
    CHECK(upstream["note"].as_string().empty());
  }
}

TEST_CASE("what reads a partition that failed in the same call cannot be committed") {
  const Project project;
  const Json counts = project.materialize("carried_on")["counts"];
  CHECK(counts["materialized"].as_int() == 2);
  CHECK(counts["failed"].as_int() == 1);
  CHECK(counts["upstream_failed"].as_int() == 2);
  CHECK(project.read("refused") == "2024-01-04 2024-01-05 ");
}

TEST_CASE("a function that fails after it has decided all is told of, and they stand") {
  const Project project;
  const CommandResult result = project.run({"materialize", "fails_late", "--all"});
  CHECK(result.code == 0);
  CHECK(result.err.find("fails_late@a..b failed after it had decided all of them: cannot close") !=
        std::string::npos);
}

TEST_CASE("a single run is given a whole stretch, of itself too") {
  for (const char* isolation : kIsolations) {
    CAPTURE(isolation);
    const Project project;
    CHECK(count(project.materialize("in_one_go", isolation), "materialized") == 10);
    CHECK(project.metadata("in_one_go", "2024-01-10", "calls") == 10);
    CHECK(project.metadata("in_one_go", "2024-01-01", "inputs") == 0);
    CHECK(project.metadata("in_one_go", "2024-01-10", "inputs") == 1);
    // Each read the one before it as this call made it.
    CHECK(project.json({"plan", "in_one_go", "--stale"})["tasks"].as_array().empty());
    const Json gap =
        project.json({"materialize", "in_one_go@2024-01-02..2024-01-04 or in_one_go@2024-01-09"});
    CHECK(count(gap, "materialized") == 4);
    CHECK(project.metadata("in_one_go", "2024-01-04", "calls") == 3);
    CHECK(project.metadata("in_one_go", "2024-01-09", "calls") == 1);
    const Json after = project.json({"partitions", "in_one_go", "stale"});
    std::set<std::string> stale;
    for (const Json& row : after["partitions"].as_array()) stale.insert(row["key"].as_string());
    CHECK(stale == std::set<std::string>{"2024-01-05", "2024-01-10"});
  }
}
