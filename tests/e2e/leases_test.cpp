// Several runs of one project at once: what one makes no other makes, and all else goes on.
#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace {

struct Leases : Sandbox {
  Leases() : Sandbox("definitions = [\"definitions\"]\n[pools]\ndb = 1\n") { add_plugin("leases"); }

  std::int64_t materialized(const char* asset) const {
    return json({"partitions", asset, "--status", "materialized"})["count"].as_int();
  }
  void release() const { write("release", ""); }
};

bool says(const std::string& text, const char* what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE_FIXTURE(Leases, "runs that make different partitions go on side by side") {
  RunningCommand first = start({"materialize", "base@1"});
  REQUIRE(wait_for("base-1"));
  RunningCommand second = start({"materialize", "base@2", "--no-wait"});
  REQUIRE(wait_for("base-2"));  // the first is held up
  CHECK(run({"materialize", "source", "--no-wait"}).code == 0);
  release();
  CHECK(first.wait().code == 0);
  CHECK(second.wait().code == 0);
  CHECK(materialized("base") == 2);
  CHECK(run({"db", "check"}).code == 0);
}

TEST_CASE_FIXTURE(Leases, "what another run makes is waited for, taken over, and not made again") {
  RunningCommand first = start({"materialize", "base@{1,2}"});
  REQUIRE(wait_for("base-1"));
  const CommandResult refused = run({"materialize", "base@{2,3}", "--no-wait"});
  CHECK(refused.code == 6);
  CHECK(says(refused.err, "holds base@2"));
  RunningCommand second = start({"materialize", "base@{2,3}"});
  REQUIRE(second.wait_for_output("waiting for run 1"));
  CHECK_FALSE(exists("base-3"));
  release();
  CHECK(first.wait().code == 0);
  const CommandResult joined = second.wait();
  CHECK(joined.code == 0);
  CHECK(says(joined.err, "1 of 2 partitions were made meanwhile by another run"));
  CHECK(json({"run", "2"})["partitions"].as_array().size() == 1);
  CHECK(materialized("base") == 3);
}

TEST_CASE_FIXTURE(Leases, "a run whose partitions were all made meanwhile has nothing to do") {
  RunningCommand first = start({"materialize", "base@1"});
  REQUIRE(wait_for("base-1"));
  RunningCommand second = start({"materialize", "base@1"});
  REQUIRE(second.wait_for_output("waiting for run 1"));
  release();
  CHECK(first.wait().code == 0);
  CHECK(second.wait().code == 0);
  CHECK(json({"runs"})["runs"].as_array().size() == 1);
  CHECK(read("ran") == "1\n");
  // Asked for when it is made already, it is made again.
  CHECK(run({"materialize", "base@1"}).code == 0);
  CHECK(read("ran") == "1\n1\n");
  // Also of what was there before the one that is waited for.
  std::filesystem::remove(directory() / "release");
  std::filesystem::remove(directory() / "base-1");
  RunningCommand third = start({"materialize", "base@1"});
  REQUIRE(wait_for("base-1"));
  RunningCommand fourth = start({"materialize", "base@1"});
  REQUIRE(fourth.wait_for_output("waiting for run 3"));
  release();
  CHECK(third.wait().code == 0);
  CHECK(fourth.wait().code == 0);
  CHECK(read("ran") == "1\n1\n1\n");
}

TEST_CASE_FIXTURE(Leases, "what reads a partition that is being made waits instead of held back") {
  RunningCommand first = start({"materialize", "base@1"});
  REQUIRE(wait_for("base-1"));
  CHECK(run({"materialize", "above@1", "--no-wait"}).code == 6);
  RunningCommand second = start({"materialize", "above@1"});
  REQUIRE(second.wait_for_output("waiting for run 1"));
  release();
  CHECK(first.wait().code == 0);
  CHECK(second.wait().code == 0);
  CHECK(materialized("above") == 1);
}

TEST_CASE_FIXTURE(Leases, "Ctrl-C ends the waiting, and nothing else") {
  RunningCommand first = start({"materialize", "base@1"});
  REQUIRE(wait_for("base-1"));
  RunningCommand second = start({"materialize", "base@{1,2}"});
  REQUIRE(second.wait_for_output("waiting for run 1"));
  second.signal(SIGINT);
  CHECK(second.wait().code == 130);
  release();
  CHECK(first.wait().code == 0);
  CHECK(json({"runs"})["runs"].as_array().size() == 1);
}

TEST_CASE_FIXTURE(Leases, "the lease of a run that is killed is free at once") {
  RunningCommand first = start({"materialize", "base@{1,2}", "-j", "1"});
  REQUIRE(wait_for("base-1"));
  RunningCommand second = start({"materialize", "base", "--missing"});
  REQUIRE(second.wait_for_output("waiting for run 1"));
  first.signal(SIGKILL);
  CHECK(first.wait().code == 128 + SIGKILL);
  release();
  CHECK(second.wait().code == 0);
  CHECK(materialized("base") == 4);
  CHECK(json({"run", "1"})["result"].as_string() == "interrupted");
}

TEST_CASE_FIXTURE(Leases, "what a dead run left is swept from beside one that lives") {
  RunningCommand living = start({"materialize", "base@1"});
  REQUIRE(wait_for("base-1"));
  RunningCommand dying = start({"materialize", "base@2"});
  REQUIRE(wait_for("base-2"));
  dying.signal(SIGKILL);
  CHECK(dying.wait().code == 128 + SIGKILL);
  CHECK(says(run({"runs"}).err, "interrupted"));
  CHECK_FALSE(exists(".partita/staging/2"));
  CHECK_FALSE(exists(".partita/tmp/2"));
  CHECK(json({"run", "1"})["result"].as_string() == "running");
  release();
  CHECK(living.wait().code == 0);
  CHECK(read(".partita/outputs/base/@1/made") == "1");
  CHECK(run({"resume", "2"}).code == 0);
  CHECK(materialized("base") == 2);
}

TEST_CASE_FIXTURE(Leases, "runs that share a pool or an exclusive asset take turns") {
  RunningCommand pooled = start({"materialize", "pooled@1"});
  REQUIRE(wait_for("pooled-1"));
  const CommandResult by_pool = run({"materialize", "pooled_too", "--no-wait"});
  CHECK(by_pool.code == 6);
  CHECK(says(by_pool.err, "pool db"));
  RunningCommand alone = start({"materialize", "alone@1"});
  REQUIRE(wait_for("alone-1"));
  CHECK(run({"materialize", "alone@2", "--no-wait"}).code == 6);
  release();
  CHECK(pooled.wait().code == 0);
  CHECK(alone.wait().code == 0);
}

TEST_CASE_FIXTURE(Leases, "of many runs at once that want the same each partition is made once") {
  std::vector<RunningCommand> all;
  for (const char* wanted : {"many", "many@100..220", "many@180..260", "many@{101,299}", "many"})
    all.push_back(start({"materialize", wanted, "--missing"}));
  for (RunningCommand& one : all) CHECK(one.wait().code == 0);
  CHECK(materialized("many") == 200);
  const std::string ran = read("many-ran");
  CHECK(std::count(ran.begin(), ran.end(), '\n') == 200);
  CHECK(run({"db", "check"}).code == 0);
}

TEST_CASE_FIXTURE(Leases, "what changes under runs waits until none lives, and says for whom") {
  CHECK(run({"materialize", "source"}).code == 0);
  RunningCommand first = start({"materialize", "base@1"});
  REQUIRE(wait_for("base-1"));
  RunningCommand second = start({"materialize", "base@2"});
  REQUIRE(wait_for("base-2"));
  CHECK(run({"wipe", "source", "--yes", "--no-wait"}).code == 6);
  CHECK(run({"db", "compact"}).code == 6);
  RunningCommand wipe = start({"wipe", "source", "--yes"});
  REQUIRE(wipe.wait_for_output("wait"));
  release();
  CHECK(first.wait().code == 0);
  CHECK(second.wait().code == 0);
  CHECK(wipe.wait().code == 0);
}

TEST_CASE_FIXTURE(Leases, "an upstream made anew by another run while it is read makes stale") {
  for (const bool changes : {true, false}) {
    CAPTURE(changes);
    std::filesystem::remove(directory() / "release");
    std::filesystem::remove(directory() / "reader-1");
    write("content", "one\n");
    CHECK(run({"materialize", "source"}).code == 0);
    RunningCommand reader = start({"materialize", "reader@1"});
    REQUIRE(wait_for("reader-1"));
    if (changes) write("content", "two\n");
    CHECK(run({"materialize", "source", "--no-wait"}).code == 0);
    release();
    CHECK(reader.wait().code == 0);
    const Json explained = json({"explain", "reader@1"});
    CHECK(explained["fresh"].as_bool() == !changes);
  }
}
