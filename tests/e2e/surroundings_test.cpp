// What asset code changes of its process is nobody else's business.
#include <doctest/doctest.h>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::Sandbox;

TEST_CASE("a partition meets the command's directory, environment and locale") {
  for (const char* isolation : {"worker", "partition"}) {
    CAPTURE(isolation);
    Sandbox project;
    project.add_plugin("unruly");
    // One after another, in one worker.
    REQUIRE(project
                .run({"materialize", "unruly", "--all", "-j", "1", "--isolation", isolation},
                     {"KEPT=yes"})
                .code == 0);
    const Json run = project.json({"run", "last"});
    REQUIRE(run["partitions"].as_array().size() == 2);
    for (const Json& made : run["partitions"].as_array()) {
      const Json& metadata = made["metadata"];
      CAPTURE(metadata.dump());
      CHECK(metadata["directory"]["value"].as_string() == project.directory().string());
      CHECK(metadata["unruly"]["value"].as_string() == "unset");
      CHECK(metadata["kept"]["value"].as_string() == "yes");
      CHECK(metadata["locale"]["value"].as_string() == "C");
      CHECK(metadata["point"]["value"].as_string() == "..");
      CHECK(metadata["mask"]["value"].as_int() != 0);
    }
  }
}
