// Asset checks on their own, as a user runs them.
#include <doctest/doctest.h>
#include <signal.h>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace {

struct Checked : Sandbox {
  Checked() {
    add_plugin("checked");
    for (const char* file : {"reading-1", "reading-2", "reading-3"}) write(file, "good\n");
  }

  void make(const char* selection) const {
    REQUIRE(run({"materialize", selection, "--all", "--quiet"}).code == 0);
  }
  // Of a partition: what the check came to, as `explain` tells it.
  Json last(const char* partition, const char* check) const {
    const Json view = json({"explain", partition});
    for (const Json& one : view["checks"].as_array()) {
      if (one["name"].as_string() == check) return one;
    }
    return {};
  }
};

bool says(const std::string& text, const char* what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE_FIXTURE(Checked, "checks run on what is there, and nothing is made again") {
  make("readings@{1,2}");
  const std::string before = json({"explain", "readings@1"})["materialization"].dump();
  const CommandResult result = run({"check", "run", "readings"});
  CHECK(result.code == 0);
  CHECK(says(result.err, "1 selected partition left out: not materialized"));
  CHECK(says(result.out, "2 passed"));
  const Json view = json({"run", "last"});
  CHECK(view["kind"].as_string() == "check");
  CHECK(view["counts"]["passed"].as_int() == 2);
  CHECK(view["partitions"].as_array().at(0)["status"].as_string() == "passed");
  CHECK(json({"explain", "readings@1"})["materialization"].dump() == before);
  CHECK(json({"explain", "readings@1"})["attempts"].as_array().size() == 1);
  CHECK(json({"explain", "readings@3"})["status"].as_string() == "missing");
  CHECK(last("readings@3", "not_wrong")["passed"].is_null());
  CHECK(run({"db", "check"}).code == 0);
}

TEST_CASE_FIXTURE(Checked, "a check that does not pass fails the run, and no partition") {
  make("readings");
  // What was made is made wrong behind Partita's back.
  const std::string made =
      json({"explain", "readings@2"})["materialization"]["output_dir"].as_string();
  std::filesystem::remove(made + "/reading");
  write(std::filesystem::relative(made + "/reading", directory()).string(), "wrong\n");
  const CommandResult result = run({"check", "run", "readings", "--isolation", "partition"});
  CHECK(result.code == 1);
  CHECK(says(result.out, "2 passed, 1 failed"));
  CHECK(says(result.err, "check `not_wrong` did not pass: it is wrong"));
  const Json check = last("readings@2", "not_wrong");
  CHECK_FALSE(check["passed"].as_bool());
  CHECK(check["run"].as_int() == 2);
  CHECK(check["metadata"]["reading"]["value"].as_string() == "wrong");
  CHECK(json({"explain", "readings@2"})["status"].as_string() == "materialized");
  CHECK(json({"explain", "readings@2"})["fresh"].as_bool());
  const Json first = json({"show", "readings"})["checks"].as_array().at(0);
  CHECK(first["not_passed"].as_int() == 1);
  CHECK(says(run({"logs", "2", "readings@2"}).out, "read wrong"));
  CHECK(says(run({"explain", "readings@2"}).out, "not passed  run 2  it is wrong"));
  CHECK(run({"db", "check"}).code == 0);
}

TEST_CASE_FIXTURE(Checked, "a warning does not fail the run") {
  write("reading-1", "quite long\n");
  make("readings@1");
  const CommandResult result = run({"check", "run", "readings@1", "--only", "short"});
  CHECK(result.code == 0);
  CHECK(says(result.err, "check not passed short on readings@1: it is long"));
  CHECK(json({"run", "2"})["partitions"].as_array().at(0)["checks"].as_array().size() == 1);
  CHECK(says(run({"run", "2"}).out, "short not passed: it is long"));
}

TEST_CASE_FIXTURE(Checked, "a check whose process ends did not pass, at one partition") {
  make("readings");
  write("crash-2", "");
  const CommandResult result = run({"check", "run", "readings"});
  CHECK(result.code == 1);
  CHECK(says(result.out, "2 passed, 1 failed"));
  CHECK(says(result.err, "SIGABRT"));
  const Json crashed = last("readings@2", "survives");
  CHECK_FALSE(crashed["passed"].as_bool());
  CHECK(crashed["run"].as_int() == 2);
  CHECK(says(crashed["reason"].as_string(), "did not come to an end: SIGABRT"));
  CHECK(last("readings@1", "survives")["run"].as_int() == 2);
}

TEST_CASE_FIXTURE(Checked, "of the checks of a process that ends one failed itself, others stand") {
  for (const char* isolation : {"worker", "partition"}) {
    CAPTURE(isolation);
    make("readings");
    const std::int64_t made_by = last("readings@2", "survives")["run"].as_int();
    write("crash-early-2", "");
    const CommandResult result = run({"check", "run", "readings", "--isolation", isolation});
    const std::int64_t checked_by = made_by + 1;
    CHECK(result.code == 1);
    CHECK(says(result.out, "2 passed, 1 failed"));
    CHECK(says(result.err, "check `short` did not come to an end: SIGABRT"));
    CHECK(says(result.err, "; not run: survives"));
    CHECK(last("readings@2", "not_wrong")["passed"].as_bool());
    CHECK(last("readings@2", "not_wrong")["run"].as_int() == checked_by);
    CHECK(last("readings@2", "not_wrong")["metadata"]["reading"]["value"].as_string() == "good");
    CHECK_FALSE(last("readings@2", "short")["passed"].as_bool());
    CHECK_FALSE(last("readings@2", "short")["ran"].as_bool());
    CHECK(last("readings@2", "short")["run"].as_int() == checked_by);
    CHECK(last("readings@2", "survives")["passed"].as_bool());
    CHECK(last("readings@2", "survives")["run"].as_int() == made_by);
    CHECK(last("readings@1", "survives")["run"].as_int() == checked_by);
    CHECK(says(run({"run", "last"}).out, "short errored: it did not come to an end: SIGABRT"));
    CHECK(says(run({"explain", "readings@2"}).out, "errored"));
    CHECK(json({"check", "run", "--failed", "--dry-run"})["count"].as_int() == 1);
    CHECK(run({"db", "check"}).code == 0);
    std::filesystem::remove(directory() / "crash-early-2");
  }
}

TEST_CASE_FIXTURE(Checked, "a partition whose check ends the process is told which it was") {
  write("crash-early-1", "");
  CHECK(says(run({"materialize", "readings@1"}).err,
             "failed readings@1: check `short` did not come to an end: SIGABRT"));
  const Json attempt = json({"run", "last"})["partitions"].as_array().at(0);
  CHECK(attempt["checks"].as_array().at(0)["passed"].as_bool());
  CHECK_FALSE(attempt["checks"].as_array().at(1)["ran"].as_bool());
  CHECK(attempt["checks"].as_array().size() == 2);
}

TEST_CASE_FIXTURE(Checked, "checks that are given up are cancelled: nothing is held back by them") {
  make("readings");
  for (const char* file : {"crash-1", "crash-2", "crash-3"}) write(file, "");
  const CommandResult result =
      run({"check", "run", "readings", "-j", "1"}, {"PARTITA_MAX_WORKER_DEATHS=2"});
  CHECK(result.code == 1);
  CHECK(says(result.err, "1 partition of `readings` not checked: 2 processes in a row died"));
  CHECK(says(result.out, "2 failed, 1 cancelled"));
  CHECK_FALSE(says(result.out + result.err, "held back"));
  const Json view = json({"run", "2"});
  CHECK(view["counts"].dump() == R"({"failed":2,"cancelled":1})");
  CHECK(view["partitions"].as_array().at(2)["status"].as_string() == "cancelled");
  CHECK(says(view["partitions"].as_array().at(2)["reason"].as_string(), "died of `readings`"));
  CHECK(last("readings@3", "survives")["run"].as_int() == 1);
}

TEST_CASE_FIXTURE(Checked, "partitions of batches are checked one by one, and not again") {
  make("in_batches");
  CHECK(json({"check", "run", "in_batches"})["counts"]["passed"].as_int() == 3);
  write("bad", "");
  CHECK(run({"check", "run", "in_batches@a"}).code == 1);
  CHECK(json({"run", "3"})["partitions"].as_array().at(0)["attempts"].as_int() == 1);
}

TEST_CASE_FIXTURE(Checked, "what is external is checked by what was reported of it") {
  CHECK(run({"report", "bought", "-m", "price=3"}).code == 0);
  CHECK(run({"check", "run", "bought"}).code == 0);
  CHECK(run({"report", "bought", "-m", "price=0"}).code == 0);
  CHECK(run({"check", "run", "bought"}).code == 1);
}

TEST_CASE_FIXTURE(Checked, "a result of what was made anew meanwhile is the run's alone") {
  write("reading-1", "wrong\n");
  make("readings@1");
  CHECK_FALSE(last("readings@1", "not_wrong")["passed"].as_bool());
  write("hold", "");
  RunningCommand checking = start({"check", "run", "readings@1"});
  REQUIRE(wait_for("checking-1"));
  std::filesystem::remove(directory() / "hold");
  write("reading-1", "good\n");
  CHECK(run({"materialize", "readings@1", "--all", "--no-wait"}).code == 0);
  write("release", "");
  CHECK(checking.wait().code == 1);
  CHECK(json({"run", "2"})["counts"]["failed"].as_int() == 1);
  CHECK(last("readings@1", "not_wrong")["passed"].as_bool());
  CHECK(last("readings@1", "not_wrong")["run"].as_int() == 3);
  CHECK(run({"db", "check"}).code == 0);
}

TEST_CASE_FIXTURE(Checked, "a check that sees that it is cancelled says nothing of the partition") {
  make("readings@1");
  write("hold", "");
  RunningCommand checking = start({"check", "run", "readings@1"});
  REQUIRE(wait_for("checking-1"));
  checking.signal(SIGINT);
  CHECK(checking.wait().code == 130);
  CHECK(json({"run", "2"})["partitions"].as_array().at(0)["status"].as_string() == "cancelled");
  CHECK(last("readings@1", "survives")["passed"].as_bool());
  RunningCommand making = start({"materialize", "readings@2"});
  REQUIRE(wait_for("checking-2"));
  making.signal(SIGINT);
  CHECK(making.wait().code == 130);
  CHECK(json({"explain", "readings@2"})["status"].as_string() == "cancelled");
}

TEST_CASE_FIXTURE(Checked, "what is reported anew has not been checked") {
  CHECK(run({"report", "bought", "-m", "price=0"}).code == 0);
  CHECK(run({"check", "run", "bought"}).code == 1);
  CHECK(run({"report", "bought", "-m", "price=5"}).code == 0);
  CHECK(last("bought", "has_price")["passed"].is_null());
  REQUIRE(run({"wipe", "bought", "--yes"}).code == 0);
  CHECK(says(run({"explain", "bought"}).out, "partita report bought"));
}

TEST_CASE_FIXTURE(Checked, "checks that are stopped or killed leave nothing to resume") {
  make("readings");
  write("hold", "");
  RunningCommand stopped = start({"check", "run", "readings", "-j", "1"});
  REQUIRE(wait_for("checking-1"));
  stopped.signal(SIGINT);
  CHECK(stopped.wait().code == 130);
  CHECK(json({"run", "2"})["result"].as_string() == "cancelled");
  std::filesystem::remove(directory() / "checking-1");
  RunningCommand killed = start({"check", "run", "readings", "-j", "1"});
  REQUIRE(wait_for("checking-1"));
  killed.signal(SIGKILL);
  CHECK(killed.wait().code == 137);
  const CommandResult next = run({"status"});
  CHECK(says(next.err, "partita check run readings"));
  CHECK(json({"status"})["interrupted"].as_array().empty());
  CHECK(says(run({"resume", "last"}).err, "resume the last run, 1: it came to its end"));
  CHECK(says(run({"cancel", "last"}).err, "there is no run under way"));
  CHECK(run({"retry", "last"}).code == 0);  // the materialization before
  const CommandResult resumed = run({"resume", "3"});
  CHECK(resumed.code == 2);
  CHECK(says(resumed.err, "partita check run"));
}

TEST_CASE_FIXTURE(Checked, "wiped results of checks come back with what they are") {
  make("readings@1");
  REQUIRE(run({"check", "run", "readings@1"}).code == 0);
  REQUIRE(run({"wipe", "readings@1", "--yes"}).code == 0);
  CHECK(last("readings@1", "not_wrong")["passed"].is_null());
  CHECK(run({"check", "run", "readings@1"}).code == 0);
  REQUIRE(run({"wipe", "--undo", "--yes"}).code == 0);
  CHECK(last("readings@1", "not_wrong")["run"].as_int() == 2);
  CHECK(last("readings@1", "not_wrong")["metadata"]["reading"]["value"].as_string() == "good");
  CHECK(run({"db", "check"}).code == 0);
}

TEST_CASE_FIXTURE(Checked, "what cannot be checked is refused with the way on") {
  make("unchecked");
  const auto refused = [&](const std::vector<std::string>& arguments, const char* what) {
    const CommandResult result = run(arguments);
    CHECK_MESSAGE(result.code == 2, what);
    CHECK_MESSAGE(says(result.err, what), result.err);
  };
  refused({"check", "run", "unchecked"}, "check `unchecked`: it has no checks");
  refused({"check", "run", "unchecked or in_batches", "--only", "one_at_time"},
          "did you mean `one_at_a_time`?");
  refused({"check", "run", "readngs"}, "did you mean `readings`?");
  refused({"check", "run"}, "SELECTION is missing");
  refused({"check", "readings"}, "partita check run readings");
  refused({"check", "--jobs", "2"}, "`--jobs` goes with `check run`");
  CHECK(says(run({"check", "run", "readings"}).out, "nothing to check"));
}

TEST_CASE_FIXTURE(Checked,
                  "what could not be checked is checked again by the command that is told") {
  make("readings");
  for (const auto& copy :
       std::filesystem::recursive_directory_iterator(directory() / ".partita" / "plugins")) {
    if (!copy.is_regular_file()) continue;
    std::filesystem::permissions(copy.path(), std::filesystem::perms::owner_all);
    write(copy.path().lexically_relative(directory()).string(), "junk");
  }
  const CommandResult failed = run({"check", "run", "readings", "--locked"});
  CHECK(failed.code == 1);
  CHECK(says(failed.out, "partita check run readings  once it is mended"));
  CHECK(
      says(run({"run", "last", "--locked"}).out, "partita check run readings  once it is mended"));
}
