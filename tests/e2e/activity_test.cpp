// What other processes show of a run while it goes on.
#include <doctest/doctest.h>
#include <signal.h>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace {

constexpr int kMostLooks = 2000;

struct Project : Sandbox {
  explicit Project(const char* plugin) { add_plugin(plugin); }

  std::int64_t count(const char* asset, const char* status) const {
    return json({"partitions", asset, "--status", status})["count"].as_int();
  }
  std::string keys(const char* asset, const char* status) const {
    std::string keys;
    for (const Json& row : rows(asset, status)) keys += row["key"].as_string() + " ";
    return keys;
  }
  Json::Array rows(const char* asset, const char* status) const {
    return json({"partitions", asset, "--status", status})["partitions"].as_array();
  }
  // A run tells what runs from time to time: until it has told so many.
  bool shows_running(const char* asset, std::int64_t wanted) const {
    for (int look = 0; look < kMostLooks; ++look) {
      if (count(asset, "running") == wanted) return true;
    }
    return false;
  }
  Json counts(const char* asset) const { return json({"show", asset})["counts"]; }
  void release() const { write("release", ""); }
};

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("what a run makes is running, and what it is still to make is queued") {
  for (const char* isolation : {"worker", "none"}) {
    CAPTURE(isolation);
    const Project project("leases");
    RunningCommand run = project.start(
        {"materialize", "base@{1,2,3} or above@{1,2}", "-j", "2", "--isolation", isolation});
    REQUIRE(project.wait_for("base-1"));
    REQUIRE(project.wait_for("base-2"));
    REQUIRE(project.shows_running("base", 2));
    CHECK(project.keys("base", "running") == "1 2 ");
    CHECK(project.keys("base", "queued") == "3 ");
    CHECK(project.keys("base", "missing") == "4 ");
    CHECK(project.keys("above", "queued") == "1 2 ");
    CHECK(project.rows("base", "running")[0]["reason"].as_string() == "run 1 is making it");
    CHECK(project.rows("base", "queued")[0]["reason"].as_string() == "run 1 is to make it");
    CHECK(project.counts("base").dump() == R"({"running":2,"queued":1,"missing":1})");
    CHECK(project.json({"status"})["counts"]["queued"].as_int() == 3);
    CHECK(project.json({"list", "above"})["assets"].as_array()[0]["counts"]["queued"].as_int() ==
          2);
    const Json own = project.json({"run", "last"});
    CHECK(own["counts"].dump() == R"({"running":2,"queued":3})");
    CHECK(own["planned"].as_int() == 5);
    CHECK(project.json({"explain", "base@1"})["status"].as_string() == "running");
    const CommandResult explained = project.run({"explain", "above@1"});
    CHECK(says(explained.out, "queued"));
    CHECK(says(explained.out, "run 1 is to make it"));
    CHECK_FALSE(says(explained.out, "held back"));
    // A plan knows what is there, and nothing of what others do.
    CHECK(project.json({"plan", "base", "--missing"})["count"].as_int() == 4);
    project.release();
    CHECK(run.wait().code == 0);
    CHECK(project.counts("base").dump() == R"({"materialized":3,"missing":1})");
    CHECK(project.count("above", "queued") == 0);
  }
}

TEST_CASE("what a run has made is materialized while it goes on with the rest") {
  const Project project("gated_1");
  RunningCommand run = project.start({"materialize", "gated", "--all", "-j", "2"});
  REQUIRE(project.wait_for("started"));
  REQUIRE(project.shows_running("gated", 2));
  CHECK(project.counts("gated")["materialized"].as_int() +
            project.counts("gated")["queued"].as_int() ==
        1998);
  CHECK(project.rows("gated", "running")[0]["key"].as_string() == "2022-09-27");
  CHECK(project.count("gated", "missing") == 0);
  run.signal(SIGINT);
  CHECK(run.wait().code == 130);
  CHECK(project.count("gated", "running") == 0);
  CHECK(project.count("gated", "queued") == 0);
  CHECK(project.count("gated", "materialized") > 900);
}

TEST_CASE("while a run is fast, each of its partitions is made or is to be made at every look") {
  const Project project("many");
  RunningCommand run = project.start({"materialize", "minutes", "--all", "--isolation", "none"});
  int looks = 0;
  for (int look = 0; look < kMostLooks && looks < 5; ++look) {
    const Json counts = project.counts("minutes");
    if (counts["queued"].as_int() == 0) continue;
    CAPTURE(counts.dump());
    CHECK(counts["missing"].as_int() == 0);
    ++looks;
  }
  CHECK(looks == 5);
  run.signal(SIGINT);
  run.wait();
}

TEST_CASE("a partition that is made again is running, and what is there stays on the strip") {
  const Project project("leases");
  project.release();
  REQUIRE(project.run({"materialize", "base", "--all"}).code == 0);
  std::filesystem::remove(project.directory() / "release");
  std::filesystem::remove(project.directory() / "base-1");
  RunningCommand run = project.start({"materialize", "base@1"});
  REQUIRE(project.wait_for("base-1"));
  REQUIRE(project.shows_running("base", 1));
  CHECK(project.counts("base").dump() == R"({"running":1,"materialized":3})");
  CHECK(says(project.run({"list"}).out, "████"));
  project.release();
  CHECK(run.wait().code == 0);
}

TEST_CASE("a run that is dead runs nothing") {
  const Project project("leases");
  RunningCommand run = project.start({"materialize", "base@{1,2}", "-j", "1"});
  REQUIRE(project.wait_for("base-1"));
  REQUIRE(project.shows_running("base", 1));
  run.signal(SIGKILL);
  run.wait();
  CHECK(project.counts("base").dump() == R"({"missing":4})");
}

TEST_CASE("two runs each show what they make, of an asset without partitions too") {
  const Project project("leases");
  RunningCommand first =
      project.start({"materialize", "talks@1 or ends_early", "--allow-missing-upstream"});
  REQUIRE(project.wait_for("talks-1"));
  RunningCommand second = project.start({"materialize", "base@2"});
  REQUIRE(project.wait_for("base-2"));
  REQUIRE(project.shows_running("talks", 1));
  REQUIRE(project.shows_running("base", 1));
  CHECK(project.counts("ends_early").dump() == R"({"queued":1})");
  CHECK(project.rows("base", "running")[0]["reason"].as_string() == "run 2 is making it");
  project.release();
  CHECK(first.wait().code == 0);
  CHECK(second.wait().code == 0);
}
