// What is shown of asset checks, and which partitions a run of checks takes.
#include <doctest/doctest.h>
#include <signal.h>

#include <iterator>
#include <sstream>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace {

std::vector<std::string> words(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

// Readings 1 and 2 are made, and `short` does not pass at 2.
struct Checked : Sandbox {
  Checked() {
    add_plugin("checked");
    write("reading-1", "good\n");
    write("reading-2", "quite long\n");
    write("reading-3", "good\n");
    REQUIRE(run({"materialize", "readings@{1,2}", "--quiet"}).code == 0);
  }

  Json checks(const char* asset) const { return json({"show", asset})["checks"]; }
  // What a run of checks would take, as `ASSET PARTITIONS: WHY; `.
  std::string would_check(const std::string& line) const {
    std::vector<std::string> arguments = words("check run " + line);
    arguments.emplace_back("--dry-run");
    std::string text;
    const Json plan = json(arguments);
    for (const Json& task : plan["tasks"].as_array())
      text += task["asset"].as_string() + " " + task["partitions"].as_string() + ": " +
              task["reason"].as_string() + "; ";
    return text;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Checked, "status and list tell of checks that did not pass, and what to type") {
  const Json status = json({"status"});
  CHECK(status["checks_not_passed"].as_int() == 1);
  CHECK(status["attention"].as_array().at(0)["key"].as_string() == "readings");
  CHECK(status["attention"].as_array().at(0)["checks_not_passed"].as_int() == 1);
  const std::string shown = run({"status"}).out;
  CHECK(says(shown, "readings  1 with checks not passed"));
  CHECK(
      says(shown, "1 partition of 1 asset; to see which:\n  partita check run --failed --dry-run"));
  CHECK(says(run({"check", "run", "--failed", "--dry-run"}).out, "did not pass: short"));
  write("reading-2", "good\n");
  REQUIRE(run({"materialize", "readings@2"}).code == 0);
  CHECK(json({"status"})["checks_not_passed"].as_int() == 0);
  CHECK_FALSE(says(run({"status"}).out, "checks not passed"));
}

TEST_CASE_FIXTURE(Checked, "results of data that is no longer there do not count") {
  REQUIRE(run({"report", "readings", "2"}).code == 0);
  CHECK(json({"status"})["checks_not_passed"].as_int() == 0);
  const Json shown = checks("readings");
  for (const Json& check : shown.as_array()) {
    CAPTURE(check.dump());
    CHECK(check["passed"].as_int() == 1);
    CHECK(check["not_passed"].as_int() == 0);
  }
  CHECK(would_check("readings --missing") == "readings 2: not checked yet; ");
  CHECK(run({"db", "check"}).code == 0);
}

TEST_CASE_FIXTURE(Checked, "results at keys that are no longer in the set do not count") {
  add_plugin("customers");
  REQUIRE(run({"dynamic", "add", "customers", "ada", "bob"}).code == 0);
  REQUIRE(run({"materialize", "orders", "--all"}).code == 0);
  CHECK(checks("orders").as_array().at(0)["passed"].as_int() == 2);
  REQUIRE(run({"dynamic", "remove", "customers", "bob"}).code == 0);
  CHECK(checks("orders").as_array().at(0)["passed"].as_int() == 1);
  REQUIRE(run({"dynamic", "add", "customers", "bob"}).code == 0);
  CHECK(checks("orders").as_array().at(0)["passed"].as_int() == 2);
}

TEST_CASE_FIXTURE(Checked, "a run of checks takes what its options name") {
  CHECK(would_check("readings") == "readings {1,2}: materialized; ");
  CHECK(would_check("-s readings --partition 2") == "readings 2: materialized; ");
  CHECK(would_check("readings --partition-range 2...3") == "readings 2: materialized; ");
  CHECK(would_check("--failed") == "readings 2: did not pass: short; ");
  CHECK(would_check("--failed --only not_wrong") == "");
  CHECK(would_check("readings@1 --failed") == "");
  CHECK(would_check("--missing") == "");
  REQUIRE(run({"report", "readings", "3"}).code == 0);
  CHECK(would_check("--missing --failed") ==
        "readings 2: did not pass: short; readings 3: not checked yet; ");
  REQUIRE(run({"check", "run", "readings@3", "--only", "not_wrong"}).code == 0);
  CHECK(would_check("--missing --only not_wrong") == "");
  CHECK(would_check("--missing --only short") == "readings 3: not checked yet; ");
  CHECK(json({"runs"})["runs"].as_array().size() == 3);
  CHECK(run(words("check run --failed --dry-run --exit-code")).code == 4);
  CHECK(run(words("check run readings@1 --failed --dry-run --exit-code")).code == 0);
  CHECK(
      says(run(words("check run readings@1 --dry-run")).out, "would check 1 partition of 1 asset"));
}

TEST_CASE_FIXTURE(Checked, "how checks were chosen is kept, and is in the commands to type next") {
  write("reading-2", "wrong\n");
  REQUIRE(run({"materialize", "readings@2"}).code == 0);
  const CommandResult failed = run(words("check run readings --partition 2 --only not_wrong"));
  CHECK(failed.code == 1);
  const char* again = "partita check run readings --partition 2 --only not_wrong --failed";
  CHECK(says(failed.out, again));
  const Json last = json({"run", "last"});
  CHECK(last["selection"].as_string() == "readings");
  CHECK(last["options"].dump() == R"(["--partition","2","--only","not_wrong"])");
  const std::string shown = run({"run", "last"}).out;
  CHECK(says(shown, "readings --partition 2 --only not_wrong\n"));
  CHECK(says(shown, again));
  CHECK(says(run({"runs"}, {"COLUMNS=200"}).out, "check readings --partition 2 --only not_wrong"));
  CHECK(says(run({"resume", "3"}).err, "partita check run 'readings' --partition '2' --only"));
  write("hold", "");
  RunningCommand killed = start(words("check run readings --only survives"));
  REQUIRE(wait_for("checking-1"));
  killed.signal(SIGKILL);
  killed.wait();
  CHECK(says(run({"list"}).err, "partita check run readings --only survives\n"));
  CHECK(run({"db", "check"}).code == 0);
}

TEST_CASE_FIXTURE(Checked, "what is mistyped is told with what there is") {
  const auto refused = [&](const char* line, const char* what) {
    const CommandResult result = run(words(line));
    CHECK_MESSAGE(result.code == 2, line);
    CHECK_MESSAGE(says(result.err, what), result.err);
  };
  refused("check run readings --only nope",
          "the checks there are: `not_wrong`, `short`, `survives`\n");
  refused("check run bought --only nope", "the check there is: `has_price`\n");
  refused("check ran bought", "hint: partita check run bought\n");
  refused("check ran", "hint: partita check run SELECTION\n");
  refused("check bought", "hint: partita check run bought\n");
  refused("check --failed", "`--failed` goes with `check run`");
  refused("check run readings --exit-code", "`--exit-code` goes with `--dry-run`");
  refused("check run readings --partition 1 --partition-range 1...2", "exclude each other");
  refused("check run bought --partition 1", "it is not partitioned, so it takes no --partition");
  refused("check run readings -s bought", "'readings or bought'");
}

TEST_CASE_FIXTURE(Checked,
                  "who may not change the project while checks run is told which run it is") {
  write("hold", "");
  RunningCommand checking = start({"check", "run", "readings@1"});
  REQUIRE(wait_for("checking-1"));
  for (const char* line : {"wipe readings --yes --no-wait", "db compact"}) {
    const CommandResult refused = run(words(line));
    CAPTURE(refused.err);
    CHECK(refused.code == 6);
    CHECK(says(refused.err, "run 2 (process " + std::to_string(checking.pid()) + ") is under way"));
    CHECK(says(refused.err, "`partita run 2`"));
  }
  write("release", "");
  CHECK(checking.wait().code == 0);
}
