// What a plan that is not applied says has moved.
#include <doctest/doctest.h>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::Sandbox;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// raw, clean and report, all made.
class Frozen : public Sandbox {
 public:
  Frozen() {
    add_plugin("fresh_1", "fresh");
    REQUIRE(run({"materialize", "+report", "--all"}).code == 0);
  }
  void freeze(std::vector<std::string> request) const {
    request.insert(request.begin(), "plan");
    request.insert(request.end(), {"-o", "a plan"});
    REQUIRE(run(request).code == 0);
  }
  std::string refusal() const {
    const CommandResult applied = run({"apply", "a plan"});
    CHECK(applied.code == 5);
    return applied.err;
  }
};

}  // namespace

TEST_CASE("a plan that is refused names the partitions, what they were and what they are") {
  Frozen project;
  REQUIRE(project.run({"wipe", "clean@{a,b}", "--yes"}).code == 0);
  project.freeze({"clean", "--missing"});
  REQUIRE(project.run({"materialize", "clean@b"}).code == 0);
  REQUIRE(project.run({"wipe", "clean@c", "--yes"}).code == 0);
  const std::string refusal = project.refusal();
  CHECK(contains(refusal, "clean@b: was missing, is fresh now (run 2)"));
  CHECK(contains(refusal, "clean@c: was not in it, is missing now"));
  CHECK_FALSE(contains(refusal, "clean@a"));
  const Json error = project.json({"apply", "a plan"})["error"];
  CHECK(error["code"].as_string() == "plan_moved");
  CHECK(contains(error["message"].as_string(), "clean@b: was missing, is fresh now (run 2)"));
}

TEST_CASE("a plan that is refused says how to make it anew, of the same request") {
  Frozen project;
  project.freeze({"clean or raw", "--stale", "--partition", "a", "--upstream-missing"});
  project.write("raw-a", "2");
  REQUIRE(project.run({"materialize", "raw@a"}).code == 0);
  CHECK(contains(project.refusal(),
                 "`partita plan 'clean or raw' --partition a --stale "
                 "--upstream-missing -o 'a plan'` makes it anew"));
}

TEST_CASE("a plan is refused where the code versions of what it makes are others") {
  Frozen project;
  project.freeze({"clean", "--all"});
  project.add_plugin("fresh_2", "fresh");
  const std::string refusal = project.refusal();
  CHECK(contains(refusal, "code of clean: 1 -> 2"));
  CHECK_FALSE(contains(refusal, "clean@"));
}

TEST_CASE("a plan is refused where what it makes is configured otherwise, but not by --config") {
  Frozen project;
  project.freeze({"clean", "--all"});
  project.write(
      "partita.toml",
      "definitions = [\"definitions\"]\n[config.clean]\nlimit = 3\n[config.raw]\nx = 1\n");
  const std::string refusal = project.refusal();
  CHECK(contains(refusal, "clean: config limit: not set -> 3"));
  CHECK_FALSE(contains(refusal, "config x"));
  CHECK(project.run({"apply", "a plan", "--config", "clean.limit=4"}).code == 0);
}

TEST_CASE("of many partitions that moved alike a plan names the first") {
  Sandbox project;
  project.add_plugin("leases");
  REQUIRE(project.run({"plan", "many", "--missing", "-o", "many.plan"}).code == 0);
  REQUIRE(project.run({"apply", "many.plan"}).code == 0);
  const CommandResult again = project.run({"apply", "many.plan"});
  CHECK(again.code == 5);
  CHECK(contains(again.err, "many@109: was missing, is fresh now (run 1)"));
  CHECK_FALSE(contains(again.err, "many@110"));
  CHECK(contains(again.err, "many: likewise 190 partitions more"));
}

TEST_CASE("keys that came or went since a plan was made are named") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"dynamic", "add", "things", "one", "two words"}).code == 0);
  REQUIRE(project.run({"plan", "ad_hoc", "--missing", "-o", "things.plan"}).code == 0);
  REQUIRE(project.run({"dynamic", "remove", "things", "two words"}).code == 0);
  REQUIRE(project.run({"dynamic", "add", "things", "three"}).code == 0);
  const CommandResult applied = project.run({"apply", "things.plan"});
  CHECK(applied.code == 5);
  CHECK(contains(applied.err, "ad_hoc@\"two words\": was missing, is gone"));
  CHECK(contains(applied.err, "ad_hoc@three: was not in it, is missing now"));
}
