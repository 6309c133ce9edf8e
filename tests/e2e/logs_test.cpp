// What partitions print, followed from another process while they run.
#include <doctest/doctest.h>
#include <signal.h>

#include <optional>

#include "support/sandbox.hpp"

using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace {

bool says(const std::string& text, const char* what) {
  return text.find(what) != std::string::npos;
}

// A run of two partitions that have said something and wait.
struct Talks : Sandbox {
  explicit Talks(const char* isolation) {
    add_plugin("leases");
    command.emplace(start({"materialize", "talks+", "--all", "-j", "2", "--isolation", isolation}));
    REQUIRE(wait_for("talks-1"));
    REQUIRE(wait_for("talks-2"));
  }
  int end() {
    write("release", "");
    return command->wait().code;
  }
  std::optional<RunningCommand> command;
};

}  // namespace

TEST_CASE("logs -f shows lines as they are printed, until the run has ended") {
  for (const char* isolation : {"worker", "none"}) {
    CAPTURE(isolation);
    Talks project(isolation);
    RunningCommand all = project.start({"logs", "last", "-f"});
    REQUIRE(all.wait_for_output("talks@1  "));
    REQUIRE(all.wait_for_output("talks@2  "));
    RunningCommand one = project.start({"logs", "last", "talks@2", "-f"});
    REQUIRE(one.wait_for_output("still here 2"));
    CHECK(project.end() == 0);
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

TEST_CASE("what a partition has printed so far is shown while it runs, and that it runs") {
  for (const char* isolation : {"worker", "none"}) {
    CAPTURE(isolation);
    Talks project(isolation);
    const auto so_far = [&](const char* partition) {
      CommandResult shown;
      for (int look = 0; look < 2000 && !says(shown.out, "still here"); ++look)
        shown = project.run({"logs", "1", partition});
      return shown;
    };
    const CommandResult one = so_far("talks@1");
    CHECK(one.code == 0);
    CHECK(says(one.out, "still here 1"));
    CHECK_FALSE(says(one.out, "still here 2"));
    CHECK(says(one.err,
               "talks@1 runs now: that was printed so far; to follow:\n"
               "  partita logs 1 talks@1 -f"));
    const CommandResult all = project.run({"logs", "last"});
    CHECK(says(all.out, "==> talks@2 running"));
    CHECK(says(all.err, "2 partitions run now"));
    const auto json = project.json({"logs", "1", "talks@2"});
    CHECK(json["run"].as_int() == 1);
    CHECK(json["logs"].as_array().at(0)["status"].as_string() == "running");
    const CommandResult later = project.run({"logs", "1", "ends_early"});
    CHECK(later.code == 2);
    CHECK(says(later.err, "the run has not come to it yet"));
    CHECK(says(project.run({"logs", "1", "base@1"}).err, "it had no part in it"));
    // Who follows hears what was printed before, too, and once.
    RunningCommand follower = project.start({"logs", "1", "talks@1", "-f"});
    REQUIRE(follower.wait_for_output("still here 1"));
    CHECK(says(project.run({"run", "1"}).out, ", runs for "));
    CHECK(project.json({"run", "1"})["seconds"].as_double() > 0);
    CHECK(project.end() == 0);
    const CommandResult heard = follower.wait();
    CHECK(says(heard.out, "gone"));
    CHECK(project.run({"logs", "1", "talks@1"}).out.find("runs now") == std::string::npos);
    CHECK(heard.out.find("gone") == heard.out.rfind("gone"));
  }
}

TEST_CASE("a program follows with --jsonl, since --json is one value") {
  Sandbox project;
  project.add_plugin("leases");
  RunningCommand run = project.start({"materialize", "talks@1"});
  REQUIRE(project.wait_for("talks-1"));
  const CommandResult refused = project.run({"logs", "last", "talks@1", "-f", "--json"});
  CHECK(refused.code == 2);
  CHECK(says(refused.out, "partita logs last talks@1 -f --jsonl"));
  RunningCommand follower = project.start({"logs", "last", "-f", "--jsonl"});
  const char* first =
      "{\"event\":\"printed\",\"asset\":\"talks\",\"key\":\"1\",\"line\":\"still here 1";
  REQUIRE(follower.wait_for_output(first));
  partita::Json so_far = project.json({"logs", "last"});
  for (int look = 0; look < 2000 && so_far["logs"].as_array().empty(); ++look)
    so_far = project.json({"logs", "last"});
  REQUIRE(so_far["logs"].as_array().size() == 1);
  CHECK(so_far["logs"].as_array().at(0)["status"].as_string() == "running");
  CHECK(says(so_far["logs"].as_array().at(0)["text"].as_string(), "still here 1"));
  project.write("release", "");
  CHECK(run.wait().code == 0);
  const CommandResult heard = follower.wait();
  CHECK(heard.code == 0);
  CHECK(heard.out.starts_with(first));
  const CommandResult ended = project.run({"logs", "last", "--jsonl"});
  CHECK(ended.out.starts_with(first));
  CHECK(ended.out == heard.out);
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

TEST_CASE("what an attempt before the last printed is found by its number") {
  Sandbox project;
  project.add_plugin("policies");
  CHECK(project.run({"materialize", "hopeless"}).code == 1);
  CHECK(says(project.run({"logs", "1", "hopeless"}).out, "trying 3"));
  const CommandResult first = project.run({"logs", "1", "hopeless", "--attempt", "1"});
  CHECK(first.code == 0);
  CHECK(says(first.out, "trying 1"));
  CHECK_FALSE(says(first.out, "trying 3"));
  const auto json = project.json({"logs", "1", "hopeless", "--attempt", "2"});
  CHECK(json["logs"].as_array().at(0)["attempt"].as_int() == 2);
  CHECK(says(json["logs"].as_array().at(0)["text"].as_string(), "trying 2"));
  const CommandResult none = project.run({"logs", "1", "hopeless", "--attempt", "4"});
  CHECK(none.code == 2);
  CHECK(says(none.err, "the last was 3"));
  CHECK(project.run({"logs", "1", "--attempt", "1"}).code == 2);
  CHECK(project.run({"logs", "1", "hopeless", "--attempt", "1", "-f"}).code == 2);
  const char* const command = "partita logs 1 hopeless --attempt 2";
  CHECK(says(project.run({"explain", "hopeless"}).out, command));
  CHECK(says(project.run({"run", "1"}).out, command));
}

TEST_CASE("attempts that are not shown are counted, with the command that shows them") {
  Sandbox project;
  project.add_plugin("policies");
  for (int run = 0; run < 4; ++run) CHECK(project.run({"materialize", "hopeless"}).code == 1);
  CHECK(says(project.run({"explain", "hopeless"}).out,
             "and 2 earlier attempts: partita explain hopeless --attempts 0"));
  CHECK_FALSE(says(project.run({"explain", "hopeless", "--attempts", "0"}).out, "earlier"));
  const auto json = project.json({"explain", "hopeless", "--attempts", "3"});
  CHECK(json["attempts"].as_array().size() == 3);
  CHECK(json["attempt_count"].as_int() == 12);
}

TEST_CASE("what a batch printed before it crashed is found from each of its partitions") {
  Sandbox project;
  project.add_plugin("policies");
  CHECK(project.run({"materialize", "crash_together", "--all"}).code == 1);
  CHECK(says(project.run({"logs", "1", "crash_together@a"}).out, "all at once"));
  const CommandResult explained = project.run({"explain", "crash_together@c"});
  CHECK(says(explained.out, "partita logs 1 crash_together@a"));
  CHECK(says(explained.out, "all at once"));
  CHECK(project.json({"explain", "crash_together@c"})["output_key"].as_string() == "a");
  CHECK(project.json({"explain", "crash_together@a"})["output_key"].is_null());
  const CommandResult own = project.run({"logs", "1", "crash_together@c"});
  CHECK(own.out.empty());
  CHECK(says(own.err, "partita logs 1 crash_together@a"));
}
