// Materializations that were done elsewhere, as a user records them.
#include <doctest/doctest.h>

#include "support/sandbox.hpp"

using namespace partita;
using namespace partita::tests;

TEST_CASE("what is reported counts as materialized and is a run of its own") {
  Sandbox project;
  project.add_plugin("behaviours");
  const Json answer = project.json(
      {"report", "letters", "c", "a", "--data-version", "v7", "-m", "length=1", "-m", "by=hand"});
  CHECK(answer["partitions"].as_string() == "{a,c}");
  CHECK(answer["count"].as_int() == 2);
  const Json run = project.json({"run", std::to_string(answer["run"].as_int())});
  CHECK(run["kind"].as_string() == "report");
  CHECK(run["result"].as_string() == "success");
  CHECK(run["selection"].as_string() == "letters@{a,c}");
  CHECK(run["counts"]["materialized"].as_int() == 2);
  CHECK(run["partitions"].as_array().at(1)["metadata"]["by"]["value"].as_string() == "hand");
  const Json latest = project.json({"show", "letters"})["latest"];
  CHECK(latest["data_version"].as_string() == "v7");
  CHECK(latest["metadata"]["length"]["kind"].as_string() == "int");
  const Json missing = project.json({"partitions", "letters", "--status", "missing"});
  CHECK(missing["count"].as_int() == 1);
}

TEST_CASE("what depends on a reported partition runs, and finds no output of it") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"report", "words", "a", "b", "c"}).code == 0);
  CHECK(project.json({"materialize", "sentence"})["result"].as_string() == "success");
  CHECK(project.json({"show", "sentence"})["latest"]["metadata"]["words"]["value"].as_int() == 3);
}

TEST_CASE("keys to report are read a line each, and all are recorded or none") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.set_input("a\nd\n");
  const CommandResult refused = project.run({"report", "letters", "-"});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("`d`") != std::string::npos);
  CHECK(project.json({"runs"})["runs"].as_array().empty());
  project.set_input("a\n\nb\r\n");
  CHECK(project.run({"report", "letters", "-"}).out ==
        "letters: 2 partitions materialized, recorded as run 1\n");
}

TEST_CASE("an asset that is not partitioned is reported without keys, any other with") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"report", "sentence"}).out == "sentence: materialized, recorded as run 1\n");
  CHECK(project.run({"report", "sentence", "a"}).code == 2);
  const CommandResult which = project.run({"report", "letters"});
  CHECK(which.code == 2);
  CHECK(which.err.find("which partitions?") != std::string::npos);
  const CommandResult unknown = project.run({"report", "leters", "a"});
  CHECK(unknown.err.find("did you mean `letters`?") != std::string::npos);
}

TEST_CASE("a partition is reported while another run lasts") {
  Sandbox project;
  project.add_plugin("behaviours");
  RunningCommand running = project.start({"materialize", "waits@1"});
  REQUIRE(project.wait_for("started-1"));
  CHECK(project.run({"report", "letters", "a"}).code == 0);
  CHECK(project.json({"run", "2"})["result"].as_string() == "success");
  project.write("release", "");
  CHECK(running.wait().code == 0);
}

TEST_CASE("a partition that is reported while a run makes it is still running") {
  Sandbox project;
  project.add_plugin("leases");
  RunningCommand running = project.start({"materialize", "base@{1,2}", "-j", "1"});
  REQUIRE(project.wait_for("base-1"));
  const auto is_running = [&] {
    return project.json({"explain", "base@1"})["status"].as_string() == "running";
  };
  for (int look = 0; look < 2000 && !is_running(); ++look) continue;
  REQUIRE(is_running());
  CHECK(project.run({"report", "base", "1", "2"}).code == 0);
  CHECK(is_running());
  CHECK(project.json({"show", "base"})["counts"].dump() ==
        R"({"running":1,"queued":1,"missing":2})");
  project.write("release", "");
  CHECK(running.wait().code == 0);
  CHECK(project.json({"show", "base"})["counts"].dump() == R"({"materialized":2,"missing":2})");
}

TEST_CASE("a range of keys is reported, with keys beside it") {
  Sandbox project;
  project.add_plugin("behaviours");
  const Json reported =
      project.json({"report", "by_month", "2024-01-01..2024-03-01", "2024-06-01"});
  CHECK(reported["count"].as_int() == 4);
  CHECK(reported["partitions"].as_string() == "{2024-01-01..2024-03-01,2024-06-01}");
  CHECK(project.run({"report", "by_month", "2024-03-01..2024-01-01"}).code == 2);
  CHECK(project.run({"report", "by_month", "2024-03-01..2030-01-01"}).code == 2);
}
