// What partitions print, followed from another process while they run.
#include <doctest/doctest.h>
#include <signal.h>

#include "support/sandbox.hpp"

using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace {

bool says(const std::string& text, const char* what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("logs -f shows lines as they are printed, until the run has ended") {
  for (const char* isolation : {"worker", "none"}) {
    CAPTURE(isolation);
    Sandbox project;
    project.add_plugin("leases");
    RunningCommand run =
        project.start({"materialize", "talks+", "--all", "-j", "2", "--isolation", isolation});
    REQUIRE(project.wait_for("talks-1"));
    REQUIRE(project.wait_for("talks-2"));
    RunningCommand all = project.start({"logs", "last", "-f"});
    REQUIRE(all.wait_for_output("talks@1  "));
    REQUIRE(all.wait_for_output("talks@2  "));
    RunningCommand one = project.start({"logs", "last", "talks@2", "-f"});
    REQUIRE(one.wait_for_output("still here 2"));
    project.write("release", "");
    CHECK(run.wait().code == 0);
    const CommandResult heard = all.wait();
    CHECK(heard.code == 0);
    CHECK(says(heard.out, "talks@1  "));
    CHECK(says(heard.out, "gone\n"));
    CHECK(says(heard.out, "ends_early  "));
    CHECK(says(heard.out, "quick"));
    const CommandResult alone = one.wait();
    CHECK(alone.code == 0);
    CHECK(says(alone.out, "gone"));
    CHECK_FALSE(says(alone.out, "still here 1"));
    CHECK_FALSE(says(alone.out, "quick"));
    CHECK_FALSE(project.exists(".partita/tmp/1"));
  }
}

TEST_CASE("who follows may leave, and a run that has ended is not waited for") {
  Sandbox project;
  project.add_plugin("leases");
  RunningCommand run = project.start({"materialize", "talks@1"});
  REQUIRE(project.wait_for("talks-1"));
  RunningCommand follower = project.start({"logs", "1", "-f"});
  REQUIRE(follower.wait_for_output("still here"));
  follower.signal(SIGINT);
  CHECK(follower.wait().code == 130);
  project.write("release", "");
  CHECK(run.wait().code == 0);
  const CommandResult ended = project.run({"logs", "1", "talks@1", "-f"});
  CHECK(ended.code == 0);
  CHECK(says(ended.out, "gone"));
  CHECK(project.run({"logs", "7", "-f"}).code == 2);
}

TEST_CASE("following a run that is killed ends") {
  Sandbox project;
  project.add_plugin("leases");
  RunningCommand run = project.start({"materialize", "talks@1"});
  REQUIRE(project.wait_for("talks-1"));
  RunningCommand follower = project.start({"logs", "last", "-f"});
  REQUIRE(follower.wait_for_output("still here"));
  run.signal(SIGKILL);
  CHECK(run.wait().code == 128 + SIGKILL);
  CHECK(follower.wait().code == 0);
}
