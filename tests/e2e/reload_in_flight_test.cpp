// What runs while plugins change stays on the code it began with; the next run has the new.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace fs = std::filesystem;

namespace {

constexpr std::ptrdiff_t kPartitions = 2000;

const fs::path kBuild = PARTITA_BINARY_DIR;

// In place, as cp does it: the file that is there is truncated and written again.
void overwrite(const Sandbox& project, const std::string& name, const std::string& plugin) {
  fs::copy_file(kBuild / "plugins" / (plugin + ".so"),
                project.directory() / "definitions" / (name + ".so"),
                fs::copy_options::overwrite_existing);
}

void publish_helper(const Sandbox& project, int version) {
  const fs::path target = project.directory() / "definitions/lib/libhelper.so";
  const fs::path staged = target.parent_path() / ".libhelper.so";
  fs::create_directories(target.parent_path());
  fs::copy_file(kBuild / "zoo" / ("helper_" + std::to_string(version)) / "libhelper.so", staged);
  fs::rename(staged, target);
}

std::string load_hash(const Sandbox& project, const std::string& asset) {
  return project.json({"show", asset})["load_hash"].as_string();
}

// How many partitions of the last run are materialized, by that version and that code.
std::ptrdiff_t made_by(const Sandbox& project, int version, const std::string& code_hash) {
  const Json run = project.json({"run", "last", "--limit", "0"});
  const auto& partitions = run["partitions"].as_array();
  return std::count_if(partitions.begin(), partitions.end(), [&](const Json& made) {
    return made["status"].as_string() == "materialized" &&
           made["code_hash"].as_string() == code_hash &&
           made["metadata"]["version"]["value"].as_int() == version;
  });
}

Json partition_of_last_run(const Sandbox& project, const std::string& key) {
  const Json run = project.json({"run", "last"});
  for (const Json& made : run["partitions"].as_array()) {
    if (made["key"].as_string() == key) return made;
  }
  return {};
}

std::string said(const Json& made) {
  return made["metadata"]["said"]["value"].as_string();
}

std::string mapped(const Json& made) {
  return made["metadata"]["mapped"]["value"].as_string();
}

}  // namespace

TEST_CASE("a plugin overwritten in place and reloaded while 2,000 partitions run harms none") {
  Sandbox project;
  project.add_plugin("gated_1", "gated");
  CHECK(project.run({"reload"}).code == 0);
  const std::string first = load_hash(project, "gated");
  RunningCommand run = project.start({"materialize", "gated", "--all"});
  REQUIRE(project.wait_for("started"));

  RunningCommand reload = project.start({"reload"});
  for (int i = 0; i < 10; ++i) overwrite(project, "gated", i % 2 == 0 ? "gated_1" : "gated_2");
  CHECK(reload.wait().code == 0);
  CHECK(project.run({"reload"}).code == 0);
  const std::string second = load_hash(project, "gated");
  CHECK(second != first);

  project.write("release", "");
  CHECK(run.wait().code == 0);
  CHECK(made_by(project, 1, first) == kPartitions);
  CHECK(project.run({"materialize", "gated", "--all"}).code == 0);
  CHECK(made_by(project, 2, second) == kPartitions);
}

TEST_CASE("a helper rebuilt alone in the middle of a run is the next run's") {
  Sandbox project;
  publish_helper(project, 1);
  project.add_plugin("helped");
  RunningCommand run = project.start({"materialize", "helped", "--all", "-j", "1"});
  REQUIRE(project.wait_for("started"));
  const std::string first = load_hash(project, "helped");
  publish_helper(project, 2);
  CHECK(project.json({"reload"})["changed"].as_array().size() == 1);
  const std::string second = load_hash(project, "helped");
  CHECK(second != first);

  project.write("release", "");
  CHECK(run.wait().code == 1);
  // By the process that ran before, and by the one that took its place when `second` crashed.
  for (const char* key : {"first", "third"}) {
    const Json made = partition_of_last_run(project, key);
    CHECK(said(made) == "helped_1");
    CHECK(made["code_hash"].as_string() == first);
    CHECK(mapped(made) == mapped(partition_of_last_run(project, "first")));
  }
  const std::string before = mapped(partition_of_last_run(project, "first"));

  CHECK(project.run({"materialize", "helped@third"}).code == 0);
  const Json after = partition_of_last_run(project, "third");
  CHECK(said(after) == "helped_2");
  CHECK(after["code_hash"].as_string() == second);
  CHECK(mapped(after) != before);
}
