// Mappings by functions of plugins: asked in a process of their own, and checked.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::Sandbox;

namespace {

// The message of the problem of that code, empty where there is none.
std::string problem(const Json& answer, const std::string& code) {
  for (const Json& item : answer["problems"].as_array()) {
    if (item["code"].as_string() == code) return item["message"].as_string();
  }
  return {};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a partition needs what the function says, and is given that as its input") {
  Sandbox project;
  project.add_plugin("fiscal");
  const Json plan =
      project.json({"materialize", "period_report@P2", "--upstream-missing", "--dry-run"});
  CHECK(plan["tasks"].as_array()[0]["partitions"].as_string() == "2024-01-29..2024-02-25");
  CHECK(project.run({"materialize", "period_report@P2", "--upstream-missing"}).code == 0);
  const Json shown = project.json({"show", "period_report"});
  CHECK(shown["latest"]["metadata"]["days"]["value"].as_int() == 28);
}

TEST_CASE("a selection follows the function downstream") {
  Sandbox project;
  project.add_plugin("fiscal");
  const Json plan = project.json({"materialize", "orders@2024-01-29+1", "--dry-run"});
  REQUIRE(plan["blocked"].as_array().size() == 1);
  CHECK(plan["blocked"].as_array()[0]["asset"].as_string() == "period_report");
  CHECK(plan["blocked"].as_array()[0]["partitions"].as_string() == "P2");
  REQUIRE(plan["tasks"].as_array().size() == 2);
  CHECK(plan["tasks"].as_array()[1]["asset"].as_string() == "lead");
  CHECK(plan["tasks"].as_array()[1]["partitions"].as_string() == "2024-01-28");
}

TEST_CASE("a function over the keys of a product goes by dimension") {
  Sandbox project;
  project.add_plugin("fiscal");
  const Json plan = project.json(
      {"materialize", "mirror@region=north,season=summer", "--upstream-missing", "--dry-run"});
  CHECK(plan["tasks"].as_array()[0]["partitions"].as_string() == "south|summer");
}

TEST_CASE("an upstream partition that does not exist holds back what needs it") {
  Sandbox project;
  project.add_plugin("fiscal");
  const Json plan =
      project.json({"materialize", "lead", "--all", "--upstream-missing", "--dry-run"});
  REQUIRE(plan["blocked"].as_array().size() == 1);
  CHECK(plan["blocked"].as_array()[0]["partitions"].as_string() == "2024-03-31");
  CHECK(plan["blocked"].as_array()[0]["reason"].as_string() ==
        "needs orders@2024-04-01, which does not exist");
}

TEST_CASE("the window in force is the latest that began") {
  Sandbox project;
  project.add_plugin("fiscal");
  const Json plan =
      project.json({"materialize", "bills@2024-02-29", "--upstream-missing", "--dry-run"});
  CHECK(plan["tasks"].as_array()[0]["partitions"].as_string() == "2024-02-01");
}

TEST_CASE("functions that keep their word pass the check, in this process as in another") {
  Sandbox project;
  project.add_plugin("fiscal");
  CHECK(project.run({"check"}).code == 0);
  CHECK(project.run({"check"}, {"PARTITA_ISOLATION=none"}).code == 0);
}

TEST_CASE("check names the key at which a function breaks its word") {
  Sandbox project;
  project.add_plugin("wrong_mappings");
  CHECK(project.run({"check"}).code == 3);
  const Json answer = project.json({"check"});
  CHECK(problem(answer, "function_disagrees") ==
        "map `numbers` to `disagrees`: function thirds and its inverse disagree: `3` needs `3`, of "
        "which the inverse says nothing");
  CHECK(problem(answer, "function_differs") ==
        "map `numbers` to `wavers`: function counted says of `2` first `2`, then `1`: it has to "
        "answer from the key alone");
  std::vector<std::string> failures;
  for (const Json& item : answer["problems"].as_array()) {
    if (item["code"].as_string() == "function_failed")
      failures.push_back(item["message"].as_string());
  }
  REQUIRE(failures.size() == 2);
  CHECK(contains(failures[0],
                 "map `numbers` to `crashes`: ask function wild: asked for `4`: it "
                 "crashed: SIGSEGV"));
  CHECK(contains(failures[0], "crashes_at_four"));
  CHECK_FALSE(contains(failures[0], "partita::detail"));
  CHECK(failures[1] ==
        "map `numbers` to `throws`: ask function table: at `2`: std::runtime_error: no table for "
        "it");
}

TEST_CASE("a function that fails stops what needs it, and nothing else") {
  Sandbox project;
  project.add_plugin("wrong_mappings");
  CHECK(project.run({"materialize", "numbers", "--all"}).code == 0);
  const CommandResult crash = project.run({"materialize", "crashes", "--all"});
  CHECK(crash.code == 3);
  CHECK(contains(crash.err, "it crashed: SIGSEGV"));
  CHECK(contains(crash.err, "wrong_mappings.so"));
}

TEST_CASE("show tells a mapping by its function's name") {
  Sandbox project;
  project.add_plugin("fiscal");
  CHECK(contains(project.run({"show", "period_report"}).out, "function fiscal_period"));
}
