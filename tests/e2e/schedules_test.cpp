// An asset whose schedule changes while its keys stay the same texts: whose an output directory is.
#include <doctest/doctest.h>

#include "support/sandbox.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

const std::string kFirst = "2024-01-01";

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

struct Schedules : Sandbox {
  Schedules() { become("monthly"); }

  void become(const std::string& schedule) const {
    add_plugin("schedules_" + schedule, "schedules");
    REQUIRE(run({"reload"}).code == 0);
  }
  CommandResult make(const std::string& partitions) const {
    CommandResult made = run({"materialize", "sales@" + partitions});
    CHECK_MESSAGE(made.code == 0, made.err);
    return made;
  }
  std::string content(const std::string& key) const {
    return read(".partita/outputs/sales/@" + key + "/content.txt");
  }
  std::string status(const std::string& key) const {
    return std::string(json({"explain", "sales@" + key})["status"].as_string());
  }
  void check_store() const { CHECK(json({"db", "check"})["problems"].as_array().empty()); }
};

}  // namespace

TEST_CASE("what a run takes the output directory of is set aside, and told") {
  Schedules project;
  project.make(kFirst + "..2024-03-01");
  for (const char* schedule : {"daily", "zoned"}) {
    CAPTURE(schedule);
    project.become("monthly");
    project.make(kFirst);
    project.become(schedule);
    const CommandResult made = project.make(kFirst);
    CHECK(contains(made.err, "set aside 1 partition of sales"));
    CHECK(project.status(kFirst) == "materialized");
    project.become("monthly");
    CHECK(project.status(kFirst) == "missing");
    CHECK(project.status("2024-02-01") == "materialized");
    CHECK(project.content("2024-02-01") == "month 2024-02-01");
  }
  CHECK(project.read(".partita/wiped/1/outputs/sales/@2024-01-01/content.txt") ==
        "month 2024-01-01");
  project.check_store();
}

TEST_CASE("a run sets nothing aside that it does not take the output directory of") {
  Schedules project;
  project.make(kFirst + "..2024-03-01");
  project.become("daily");
  const CommandResult made = project.make("2024-01-02..2024-01-05");
  CHECK_FALSE(contains(made.err, "set aside"));
  CHECK(project.json({"wipe", "--list"})["wipes"].as_array().empty());
  CHECK(project.json({"show", "sales"})["orphans"].as_int() == 3);
}

TEST_CASE("a wipe of orphans leaves the outputs alone that partitions of today have") {
  Schedules project;
  project.write("broken", "");
  CHECK(project.run({"materialize", "sales@" + kFirst}).code == 1);
  std::filesystem::remove(project.directory() / "broken");
  project.become("daily");
  project.make(kFirst);
  const Json wiped = project.json({"wipe", "sales", "--orphans", "--yes"});
  CHECK(wiped["count"].as_int() == 1);
  CHECK(wiped["assets"].as_array().at(0)["outputs"].as_int() == 0);
  CHECK(project.content(kFirst) == "day 2024-01-01");
  CHECK(project.status(kFirst) == "materialized");

  REQUIRE(project.run({"wipe", "--undo"}).code == 0);
  CHECK(project.content(kFirst) == "day 2024-01-01");
  project.check_store();
}

TEST_CASE("a wipe leaves the outputs alone that an orphan has") {
  Schedules project;
  project.make(kFirst);
  project.become("daily");
  project.write("broken", "");
  CHECK(project.run({"materialize", "sales@2024-02-01"}).code == 1);
  project.become("monthly");
  std::filesystem::remove(project.directory() / "broken");
  project.make("2024-02-01");
  project.become("daily");
  CHECK(project.json({"wipe", "sales@2024-02-01", "--yes"})["count"].as_int() == 1);
  CHECK(project.content("2024-02-01") == "month 2024-02-01");
}

TEST_CASE("what was set aside comes back once its place is free") {
  Schedules project;
  project.make(kFirst);
  project.become("daily");
  project.make(kFirst);
  const CommandResult refused = project.run({"wipe", "--undo", "1", "--json"});
  CHECK(refused.code == 1);
  const Json answer = *Json::parse(refused.out);
  CHECK(answer["restored"].as_array().empty());
  CHECK(contains(answer["refused"].as_array().at(0)["reason"].as_string(),
                 "its output directory is another partition's now"));
  CHECK(project.content(kFirst) == "day 2024-01-01");

  REQUIRE(project.run({"wipe", "sales@" + kFirst, "--yes"}).code == 0);
  CHECK(project.run({"wipe", "--undo", "1"}).code == 0);
  CHECK(project.content(kFirst) == "month 2024-01-01");
  CHECK(project.json({"show", "sales"})["orphans"].as_int() == 1);
  project.check_store();
}

TEST_CASE("a run waits for one that goes by the schedule of before") {
  Schedules project;
  project.write("hold", "");
  RunningCommand month = project.start({"materialize", "sales@" + kFirst});
  REQUIRE(project.wait_for("started"));
  std::filesystem::remove(project.directory() / "hold");
  project.become("daily");
  CHECK(project.run({"materialize", "sales@" + kFirst, "--no-wait"}).code == 6);
  project.write("release", "");
  CHECK(month.wait().code == 0);
  project.make(kFirst);
  CHECK(project.content(kFirst) == "day 2024-01-01");
  CHECK(project.json({"show", "sales"})["orphans"].as_int() == 0);
}

TEST_CASE("what the definition no longer has is said to be so where it is shown and explained") {
  Schedules project;
  project.make(kFirst);
  project.become("daily");
  project.make("2024-01-15");
  CHECK_FALSE(project.json({"show", "sales"})["latest_is_orphan"].as_bool());
  project.become("monthly");
  const Json shown = project.json({"show", "sales"});
  CHECK(shown["latest"]["key"].as_string() == "2024-01-15");
  CHECK(shown["latest_is_orphan"].as_bool());
  CHECK(contains(project.run({"show", "sales"}).out, "2024-01-15, which the definition no longer"));

  const CommandResult explained = project.run({"explain", "sales@2024-01-15"});
  CHECK(explained.code == 0);
  CHECK(contains(explained.out, "the definition of `sales` no longer has the partition"));
  CHECK_FALSE(contains(explained.out, "partita materialize"));
  const Json json = project.json({"explain", "sales@2024-01-15"});
  CHECK(json["orphan"].as_bool());
  CHECK_FALSE(json["orphaned"].as_bool());
  CHECK(json["status"].as_string() == "materialized");
  CHECK(json["attempts"].as_array().size() == 1);
  CHECK_FALSE(project.json({"explain", "sales@" + kFirst})["orphan"].as_bool());
  CHECK(project.run({"explain", "sales@2024-01-16"}).code == 2);
}
