// partita dev: watches, builds, reloads, runs, and ends without leaving anything behind.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace {

// The build "compiles" version.txt: the number of a version of which there is a plugin.
std::string settings_with_build() {
  const std::string plugins = std::string(PARTITA_BINARY_DIR) + "/plugins/versions_";
  return "definitions = ['definitions']\n"
         "[dev]\n"
         "sources = ['sources']\n"
         "build = 'cp " +
         plugins +
         "$(cat sources/version.txt).so definitions/.new.so && mv definitions/.new.so "
         "definitions/versions.so'\n";
}

}  // namespace

TEST_CASE("dev takes over a changed plugin, and ends on Ctrl-C without leftovers") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  RunningCommand dev = project.start({"dev"});
  REQUIRE(dev.wait_for_output("watching definitions; Ctrl-C ends"));
  project.add_plugin("versions_2", "versions");
  REQUIRE(dev.wait_for_output("code version 1 -> 2"));
  // Its own reloads are no news to it: what it says next is of the next change.
  project.add_plugin("versions_1", "versions");
  REQUIRE(dev.wait_for_output("code version 2 -> 1"));
  dev.signal(SIGINT);
  const CommandResult ended = dev.wait();
  CHECK(ended.code == 130);
  CHECK((ended.out + ended.err).find("by another command") == std::string::npos);
  CHECK_FALSE(project.exists(".partita/dev.sock"));
  CHECK(project.json({"list"})["generation"].as_int() == 3);
}

TEST_CASE("dev builds changed sources, shows what the compiler says, and runs what it asks for") {
  Sandbox project(settings_with_build());
  project.write("sources/version.txt", "1");
  RunningCommand dev = project.start({"dev", "--materialize", "answer"});
  REQUIRE(dev.wait_for_output("watching definitions, sources"));
  CHECK(project.json({"show", "answer"})["latest"]["metadata"]["version"]["value"].as_int() == 1);
  project.write("sources/version.txt", "3");
  REQUIRE(dev.wait_for_output("versions_3.so': No such file"));
  REQUIRE(dev.wait_for_output("the build failed"));
  project.write("sources/version.txt", "2");
  REQUIRE(dev.wait_for_output("run 2: 2 materialized"));
  dev.signal(SIGTERM);
  CHECK(dev.wait().code == 143);
  const Json shown = project.json({"show", "answer"});
  CHECK(shown["counts"]["materialized"].as_int() == 2);
  CHECK(shown["latest"]["metadata"]["version"]["value"].as_int() == 2);
}

TEST_CASE("an interrupt ends a build in progress and all that it started") {
  Sandbox project(
      "definitions = ['definitions']\n"
      "[dev]\n"
      "sources = ['sources']\n"
      "build = 'mkfifo held; touch begun; cat held | cat'\n");
  RunningCommand dev = project.start({"dev"});
  REQUIRE(project.wait_for("begun"));
  dev.signal(SIGINT);
  CHECK(dev.wait().code == 130);
  // Nobody has the pipe open for reading, once the signal has arrived.
  const std::string pipe = (project.directory() / "held").string();
  int writer = 0;
  for (int turn = 0; turn < 1'000'000 && writer >= 0; ++turn) {
    writer = ::open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (writer >= 0) ::close(writer);
  }
  CHECK(writer < 0);
}

TEST_CASE("while dev runs, other commands leave changed plugins to it, and reload tells it") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  RunningCommand dev = project.start({"dev"});
  REQUIRE(dev.wait_for_output("watching"));
  CHECK(project.run({"dev"}).err.find("it runs already") != std::string::npos);
  // Stopped, so that it is the command that finds the new plugin.
  dev.signal(SIGSTOP);
  project.add_plugin("versions_2", "versions");
  const CommandResult list = project.run({"list"});
  CHECK(list.err.find("1 asset added, 3 changed, 1 removed") != std::string::npos);
  CHECK(list.out.find("comes") == std::string::npos);
  CHECK(project.json({"reload"})["generation"].as_int() == 2);
  dev.signal(SIGCONT);
  REQUIRE(dev.wait_for_output("generation 2, by another command"));
  dev.signal(SIGINT);
  CHECK(dev.wait().code == 130);
}

TEST_CASE("the socket of a dev that was killed is in nobody's way") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  {
    RunningCommand killed = project.start({"dev"});
    REQUIRE(killed.wait_for_output("watching"));
  }
  CHECK(project.exists(".partita/dev.sock"));
  project.add_plugin("versions_2", "versions");
  CHECK(project.run({"list"}).out.find("comes") != std::string::npos);
  RunningCommand dev = project.start({"dev"});
  CHECK(dev.wait_for_output("watching"));
}
