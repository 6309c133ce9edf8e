// Assets that no definition has any more: their history, as it is found, shown and forgotten.
#include <doctest/doctest.h>

#include "support/sandbox.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

// A project in which letters, by_month and sentence were made and misbehaves@fail failed, and
// whose plugin is gone since; another one is there.
class Removed : public Sandbox {
 public:
  Removed() {
    add_plugin("behaviours");
    add_plugin("versions_1", "versions");
    REQUIRE(run({"materialize", "letters or words or by_month", "--all"}).code == 0);
    REQUIRE(run({"materialize", "sentence"}).code == 0);
    REQUIRE(run({"materialize", "misbehaves@fail"}).code == 1);
    std::filesystem::remove(directory() / "definitions/behaviours.so");
    REQUIRE(run({"reload"}).code == 0);
  }

  Json row(const std::string& asset) const {
    const Json listed = json({"list", "--orphans"});
    for (const Json& one : listed["assets"].as_array())
      if (one["key"].as_string() == asset) return one;
    return {};
  }
};

}  // namespace

TEST_CASE("assets that were removed are counted where assets are listed, and listed on request") {
  Removed project;
  CHECK(project.json({"list"})["assets"].as_array().size() == 4);
  CHECK(project.json({"list"})["orphaned"]["assets"].as_int() == 5);
  CHECK(project.json({"list"})["orphaned"]["partitions"].as_int() == 20);
  CHECK(project.json({"status"})["orphaned"]["assets"].as_int() == 5);
  const std::string told = "5 assets, 20 partitions, kept as history";
  CHECK(contains(project.run({"list"}).out, told));
  CHECK(contains(project.run({"status"}).out, told));
  CHECK_FALSE(contains(project.run({"list", "answer"}).out, told));

  CHECK(project.run({"list", "--orphans", "--keys"}).out ==
        "by_month\nletters\nmisbehaves\nsentence\nwords\n");
  const Json letters = project.row("letters");
  CHECK(letters["count"].as_int() == 3);
  CHECK(letters["counts"]["materialized"].as_int() == 3);
  CHECK(letters["latest"]["run"].as_int() == 1);
  CHECK(letters["output_bytes"].as_int() == 6);
  CHECK_FALSE(letters["more_output"].as_bool());
  CHECK(project.row("misbehaves")["counts"]["failed"].as_int() == 1);
  CHECK(project.row("misbehaves")["latest"].is_null());
  CHECK(contains(project.run({"list", "--orphans"}).out, "partita wipe by_month --orphans"));
  CHECK(project.run({"list", "letters", "--orphans"}).code == 2);
}

TEST_CASE("a removed asset is shown with its partitions, attempts, checks and output") {
  Removed project;
  const Json shown = project.json({"show", "letters"});
  CHECK(shown["orphaned"].as_bool());
  CHECK(shown["orphans"].as_int() == 3);
  CHECK(shown["counts"]["materialized"].as_int() == 3);
  CHECK(shown["plugin"].as_string() == "behaviours");
  CHECK(shown["latest"]["run"].as_int() == 1);
  CHECK(contains(project.run({"show", "letters"}).out, "no definition has `letters` any more"));

  const Json partitions = project.json({"partitions", "letters", "--limit", "2"});
  CHECK(partitions["orphaned"].as_bool());
  CHECK(partitions["count"].as_int() == 3);
  REQUIRE(partitions["partitions"].as_array().size() == 2);
  CHECK(partitions["partitions"].as_array().at(0)["key"].as_string() == "a");
  CHECK(project.json({"partitions", "misbehaves", "--status", "failed"})["count"].as_int() == 1);
  CHECK(project.json({"partitions", "letters", "--status", "failed"})["count"].as_int() == 0);
  const Json months = project.json({"partitions", "by_month", "--orphans"})["partitions"];
  CHECK(months.as_array().at(0)["start"].as_string() == "2024-01-01T00:00:00Z");
  const CommandResult told = project.run({"partitions", "letters"});
  CHECK(contains(told.err, "no definition has `letters` any more"));

  const Json explained = project.json({"explain", "letters@a"});
  CHECK(explained["orphaned"].as_bool());
  CHECK(explained["status"].as_string() == "materialized");
  CHECK(explained["attempts"].as_array().size() == 1);
  CHECK(explained["checks"].as_array().at(0)["passed"].as_bool());
  CHECK(contains(explained["materialization"]["output_dir"].as_string(), "outputs/letters/@a"));
  CHECK(project.json({"explain", "by_month@2024-03-01"})["attempts"].as_array().size() == 1);
  CHECK(project.json({"explain", "sentence"})["status"].as_string() == "materialized");
  const CommandResult failed = project.run({"explain", "misbehaves@fail"});
  CHECK(failed.code == 0);
  CHECK(contains(failed.out, "partita logs 3 misbehaves@fail"));
  CHECK_FALSE(contains(failed.out, "partita materialize"));
  CHECK(contains(project.run({"logs", "1", "letters@a"}).out, "wrote a"));
}

TEST_CASE("what cannot be found of a removed asset is said to be so") {
  Removed project;
  const auto refused = [&](const std::vector<std::string>& words, std::string_view why) {
    const CommandResult result = project.run(words);
    CHECK(result.code == 2);
    CHECK_MESSAGE(contains(result.err, why), result.err);
  };
  refused({"explain", "letters@z"}, "nothing is known of it");
  refused({"explain", "letters"}, "which partition?");
  refused({"explain", "letters@latest"}, "only a key can be found");
  refused({"partitions", "letters", "latest"}, "what is kept of it has no selection");
  refused({"show", "leters"}, "did you mean `letters`?");
  for (const char* command : {"materialize", "plan", "wipe", "graph", "list"}) {
    refused({command, "letters@a"}, "find asset `letters`: no definition has it any more");
    refused({command, "+letters"}, "`partita show letters` shows what is kept of it");
  }
  refused({"report", "letters", "a"}, "no definition has it any more");
}

TEST_CASE(
    "the history of a removed asset is pruned on request, and comes back when that is undone") {
  Removed project;
  CHECK(project.run({"wipe", "letters", "--orphans"}).code == 2);
  CHECK(project.json({"wipe", "letters", "--orphans", "--dry-run"})["count"].as_int() == 3);
  const Json wiped = project.json({"wipe", "letters", "--orphans", "--yes"});
  CHECK(wiped["assets"].as_array().at(0)["outputs"].as_int() == 3);
  CHECK(project.row("letters").is_null());
  CHECK(project.row("words")["count"].as_int() == 3);
  CHECK_FALSE(project.exists(".partita/outputs/letters/@a"));
  CHECK(project.run({"show", "letters"}).code == 2);
  CHECK(contains(project.run({"logs", "1", "letters@a"}).out, "wrote a"));
  CHECK(project.json({"wipe", "sentence", "--orphans", "--yes"})["count"].as_int() == 1);
  CHECK(project.row("sentence").is_null());

  const Json undone = project.json({"wipe", "--undo", "1"});
  CHECK(undone["restored"].as_array().at(0)["count"].as_int() == 3);
  CHECK(project.row("letters")["output_bytes"].as_int() == 6);
  CHECK(project.json({"explain", "letters@b"})["checks"].as_array().size() == 1);
  CHECK(project.json({"db", "check"})["problems"].as_array().empty());
}

TEST_CASE("the history of an asset counts again when the asset comes back") {
  Removed project;
  REQUIRE(project.run({"wipe", "words", "--orphans", "--yes"}).code == 0);
  project.add_plugin("behaviours");
  CHECK(project.json({"list"})["orphaned"]["assets"].as_int() == 0);
  CHECK(project.json({"list", "--orphans"})["assets"].as_array().empty());
  const Json shown = project.json({"show", "letters"});
  CHECK_FALSE(shown["orphaned"].as_bool());
  CHECK(shown["counts"]["materialized"].as_int() == 3);
  CHECK(shown["stale"].as_int() == 0);
  CHECK(project.json({"show", "words"})["counts"]["missing"].as_int() == 3);
  CHECK(project.json({"plan", "letters or words", "--missing"})["count"].as_int() == 3);
}
