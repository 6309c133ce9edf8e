// Materializations as a user forgets them and brings them back.
#include <doctest/doctest.h>

#include "support/sandbox.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

std::int64_t count_of(const Sandbox& project, const std::string& asset, const char* status) {
  return project.json({"partitions", asset, "--status", status})["count"].as_int();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

void check_store(const Sandbox& project) {
  CHECK(project.json({"db", "check"})["problems"].as_array().empty());
}

}  // namespace

TEST_CASE("what is wiped is missing, and comes back with its outputs and checks") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "letters or words", "--all"}).code == 0);
  const Json planned = project.json({"wipe", "letters@{a,b}", "--dry-run"});
  CHECK(planned["wipe"].is_null());
  CHECK(planned["count"].as_int() == 2);
  CHECK(count_of(project, "letters", "missing") == 0);

  const Json wiped = project.json({"wipe", "letters@{a,b}", "--yes"});
  CHECK(wiped["wipe"].as_int() == 1);
  CHECK(wiped["assets"].as_array().at(0)["partitions"].as_string() == "{a,b}");
  CHECK(wiped["assets"].as_array().at(0)["outputs"].as_int() == 2);
  CHECK(count_of(project, "letters", "missing") == 2);
  CHECK(count_of(project, "words", "materialized") == 3);
  CHECK_FALSE(project.exists(".partita/outputs/letters/@a"));
  CHECK(project.exists(".partita/outputs/letters/@c"));
  CHECK(project.read(".partita/wiped/1/outputs/letters/@a/letter.txt") == "a\n");
  CHECK(project.json({"show", "letters"})["latest"]["key"].as_string() == "c");
  CHECK(project.json({"show", "letters"})["checks"].as_array().at(0)["passed"].as_int() == 1);
  CHECK(contains(project.run({"logs", "1", "letters@a"}).out, "wrote a"));
  check_store(project);

  const Json undone = project.json({"wipe", "--undo"});
  CHECK(undone["wipe"].as_int() == 1);
  CHECK(undone["restored"].as_array().at(0)["count"].as_int() == 2);
  CHECK(undone["refused"].as_array().empty());
  CHECK(count_of(project, "letters", "materialized") == 3);
  CHECK(project.read(".partita/outputs/letters/@a/letter.txt") == "a\n");
  CHECK(project.json({"show", "letters"})["checks"].as_array().at(0)["passed"].as_int() == 3);
  check_store(project);
  CHECK(project.run({"wipe", "--undo"}).code == 2);
}

TEST_CASE("what was materialized since a wipe is left as it is, and named") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "letters", "--all"}).code == 0);
  REQUIRE(project.run({"wipe", "letters@all", "--yes"}).code == 0);
  REQUIRE(project.run({"materialize", "letters@b"}).code == 0);
  const CommandResult undone = project.run({"wipe", "--undo", "1", "--json"});
  CHECK(undone.code == 1);
  const Json answer = *Json::parse(undone.out);
  CHECK(answer["refused"].as_array().at(0)["partitions"].as_string() == "b");
  CHECK(answer["refused"].as_array().at(0)["reason"].as_string() == "materialized since");
  CHECK(count_of(project, "letters", "materialized") == 3);
  CHECK(project.json({"show", "letters"})["latest"]["run"].as_int() == 2);
  check_store(project);
}

TEST_CASE("what is brought back is told in ranges, and capped where it is printed") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "by_month", "--all"}).code == 0);
  const std::string months = "2024-02-01..2024-11-01";
  REQUIRE(project.run({"wipe", "by_month@" + months, "--yes"}).code == 0);
  REQUIRE(project.run({"materialize", "by_month@2024-05-01"}).code == 0);
  const CommandResult undone = project.run({"wipe", "--undo", "--json"});
  CHECK(undone.code == 1);
  const Json answer = *Json::parse(undone.out);
  CHECK(answer["restored"].as_array().at(0)["partitions"].as_string() ==
        "{2024-02-01..2024-04-01,2024-06-01..2024-11-01}");
  CHECK(answer["refused"].as_array().at(0)["partitions"].as_string() == "2024-05-01");
  CHECK(project.run({"wipe", "by_month@" + months, "--yes"}).code == 0);
  CHECK(contains(project.run({"wipe", "--undo"}).out, months));
}

TEST_CASE("a failure is forgotten too, and an asset without partitions as a whole") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"materialize", "misbehaves@fail"}).code == 1);
  CHECK(project.run({"materialize", "sentence", "--upstream-missing"}).code == 0);
  CHECK(project.json({"wipe", "misbehaves@failed or sentence", "-y"})["count"].as_int() == 2);
  CHECK(count_of(project, "misbehaves", "missing") == 7);
  CHECK(count_of(project, "sentence", "missing") == 1);
  CHECK(project.run({"wipe", "sentence", "-y"}).out ==
        "nothing is known of these partitions: nothing to wipe\n");
}

TEST_CASE("a wipe without partitions, or without anybody to ask, is refused") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "letters", "--all"}).code == 0);
  const CommandResult which = project.run({"wipe", "letters", "--yes"});
  CHECK(which.code == 2);
  CHECK(contains(which.err, "wipe `letters`: say which partitions"));
  const CommandResult unasked = project.run({"wipe", "letters@all"});
  CHECK(unasked.code == 2);
  CHECK(contains(unasked.err, "--yes"));
  CHECK(project.run({"wipe", "letters@all", "--undo", "--list"}).code == 2);
  CHECK(count_of(project, "letters", "materialized") == 3);
}

TEST_CASE("outputs that were set aside can be purged, and are then gone for good") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "letters", "--all"}).code == 0);
  REQUIRE(project.run({"wipe", "letters@a", "--yes"}).code == 0);
  REQUIRE(project.run({"wipe", "letters@b", "--yes"}).code == 0);
  CHECK(project.json({"wipe", "--purge", "1"})["purged"].as_array().size() == 1);
  CHECK_FALSE(project.exists(".partita/wiped/1"));
  const Json wipes = project.json({"wipe", "--list"})["wipes"];
  CHECK(wipes.as_array().at(1)["purged"].as_bool());
  CHECK_FALSE(wipes.as_array().at(0)["purged"].as_bool());
  const CommandResult undone = project.run({"wipe", "--undo", "1"});
  CHECK(undone.code == 2);
  CHECK(contains(undone.err, "its outputs were purged"));
  CHECK(project.run({"wipe", "--undo", "2"}).code == 0);
}

TEST_CASE("a wipe that died before it moved the outputs is ended by the next command") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "letters", "--all"}).code == 0);
  project.write(".partita/wiped", "in the way");
  CHECK(project.run({"wipe", "letters@a", "--yes"}).code == 70);
  CHECK(project.exists(".partita/outputs/letters/@a"));
  std::filesystem::remove(project.directory() / ".partita/wiped");
  CHECK(count_of(project, "letters", "missing") == 1);
  CHECK_FALSE(project.exists(".partita/outputs/letters/@a"));
  CHECK(project.exists(".partita/wiped/1/outputs/letters/@a"));
  REQUIRE(project.run({"wipe", "--undo"}).code == 0);
  CHECK(project.read(".partita/outputs/letters/@a/letter.txt") == "a\n");
  check_store(project);
}

TEST_CASE("an output that is gone before a wipe could move it stops nobody") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "letters", "--all"}).code == 0);
  project.write(".partita/wiped", "in the way");
  CHECK(project.run({"wipe", "letters@a", "--yes"}).code == 70);
  std::filesystem::remove(project.directory() / ".partita/wiped");
  std::filesystem::remove_all(project.directory() / ".partita/outputs/letters/@a");
  CHECK(count_of(project, "letters", "missing") == 1);
  CHECK(project.run({"materialize", "letters@a"}).code == 0);
  CHECK(project.read(".partita/outputs/letters/@a/letter.txt") == "a\n");
}

TEST_CASE("a wipe waits for a run, or says that it would") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "letters@a"}).code == 0);
  RunningCommand run = project.start({"materialize", "waits@1"});
  REQUIRE(project.wait_for("started-1"));
  CHECK(project.run({"wipe", "letters@a", "--yes", "--no-wait"}).code == 6);
  RunningCommand wipe = project.start({"wipe", "letters@a", "--yes"});
  REQUIRE(wipe.wait_for_output("waiting for the run of process"));
  project.write("release", "");
  CHECK(run.wait().code == 0);
  CHECK(wipe.wait().code == 0);
  CHECK(count_of(project, "letters", "missing") == 3);
}

TEST_CASE("what a definition no longer has is listed, counted, and pruned on request") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"dynamic", "add", "things", "zeta", "alpha"}).code == 0);
  REQUIRE(project.run({"materialize", "ad_hoc or by_month", "--all"}).code == 0);
  REQUIRE(project.run({"dynamic", "remove", "things", "zeta"}).code == 0);
  const Json orphans = project.json({"partitions", "ad_hoc", "--orphans"});
  REQUIRE(orphans["count"].as_int() == 1);
  CHECK(orphans["partitions"].as_array().at(0)["key"].as_string() == "zeta");
  CHECK(orphans["partitions"].as_array().at(0)["status"].as_string() == "materialized");
  CHECK(project.json({"show", "ad_hoc"})["orphans"].as_int() == 1);
  CHECK(contains(project.run({"show", "ad_hoc"}).out, "1 partition that the definition no longer"));
  // What is yet to come under an earlier "now" is no orphan.
  const Json earlier =
      project.json({"partitions", "by_month", "--orphans", "--as-of", "2024-03-01"});
  CHECK(earlier["count"].as_int() == 0);

  CHECK(project.json({"wipe", "ad_hoc", "--orphans", "-y"})["count"].as_int() == 1);
  CHECK(project.json({"show", "ad_hoc"})["orphans"].as_int() == 0);
  CHECK(count_of(project, "ad_hoc", "materialized") == 1);
  REQUIRE(project.run({"wipe", "--undo"}).code == 0);
  CHECK(project.json({"show", "ad_hoc"})["orphans"].as_int() == 1);
}
