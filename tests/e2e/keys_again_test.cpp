// Keys of a dynamic set that are removed and added again stand behind all others: what a run or a
// plan had of the set is told by its keys, not by their order.
#include <doctest/doctest.h>

#include <csignal>

#include "support/sandbox.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

struct Keys : Sandbox {
  Keys() {
    add_plugin("customers");
    add({"k1", "k2", "k3", "k4", "k5"});
  }

  void add(const std::vector<std::string>& keys) const { change("add", keys); }
  void remove(const std::vector<std::string>& keys) const { change("remove", keys); }
  void again(const std::string& key) const {
    remove({key});
    add({key});
  }
  void fail_all() const {
    for (int i = 1; i <= 5; ++i) write("refuse-k" + std::to_string(i), "");
    CHECK(run({"materialize", "orders", "--all"}).code == 1);
    for (int i = 1; i <= 5; ++i)
      std::filesystem::remove(directory() / ("refuse-k" + std::to_string(i)));
  }
  // A run of all that is at its first.
  RunningCommand held() const {
    write("hold-k1", "");
    RunningCommand first = start({"materialize", "orders", "--all", "-j", "1"});
    REQUIRE(wait_for("started-k1"));
    return first;
  }
  std::string status(const std::string& key) const {
    return json({"explain", "orders@" + key})["status"].as_string();
  }
  // A run tells what runs from time to time.
  bool comes_to_run(const std::string& key) const {
    for (int look = 0; look < kMostLooks; ++look) {
      if (status(key) == "running") return true;
    }
    return false;
  }

 private:
  static constexpr int kMostLooks = 500;

  void change(const char* verb, const std::vector<std::string>& keys) const {
    std::vector<std::string> arguments{"dynamic", verb, "customers"};
    arguments.insert(arguments.end(), keys.begin(), keys.end());
    REQUIRE(run(arguments).code == 0);
  }
};

}  // namespace

TEST_CASE("a run holds a key that was removed and added again while it lives") {
  Keys project;
  RunningCommand first = project.held();
  CHECK(project.run({"materialize", "orders@k5", "--no-wait"}).code == 6);
  project.again("k5");
  project.add({"n1"});
  const CommandResult refused = project.run({"materialize", "orders@k5", "--no-wait"});
  CHECK(refused.code == 6);
  CHECK_MESSAGE(contains(refused.err, "holds orders@k5"), refused.err);
  project.again("k2");
  CHECK(project.run({"materialize", "orders@k2", "--no-wait"}).code == 6);
  CHECK(project.run({"materialize", "orders@n1", "--no-wait"}).code == 0);
  CHECK(project.status("k5") == "queued");
  CHECK(project.status("k2") == "queued");
  CHECK(project.comes_to_run("k1"));
  project.write("release", "");
  CHECK(first.wait().code == 0);
  CHECK(project.json({"run", "1"})["counts"]["materialized"].as_int() == 5);
}

TEST_CASE("a retry makes what the run had, wherever its keys are by now") {
  Keys project;
  project.fail_all();
  project.remove({"k5"});
  project.add({"n1", "n2", "k5"});
  project.again("k3");
  const CommandResult retried = project.run({"retry", "1"});
  CHECK(retried.code == 0);
  CHECK_FALSE(contains(retried.err, "left out"));
  CHECK(project.json({"run", "2"})["planned"].as_int() == 5);
  CHECK(project.status("k3") == "materialized");
  CHECK(project.status("n1") == "missing");
}

TEST_CASE("a retry leaves out keys that were removed, and says so, ends of a range too") {
  Keys project;
  project.fail_all();
  project.remove({"k1", "k3", "k5"});
  project.add({"n1"});
  const CommandResult retried = project.run({"retry", "1"});
  CHECK(retried.code == 0);
  CHECK_MESSAGE(contains(retried.err, "3 partitions of orders that it had planned are left out"),
                retried.err);
  CHECK(project.json({"run", "2"})["planned"].as_int() == 2);
  CHECK(project.status("n1") == "missing");
}

TEST_CASE("a run goes on with its keys after they were removed, added again and renamed") {
  Keys project;
  RunningCommand first = project.held();
  first.signal(SIGKILL);
  first.wait();
  project.write("release", "");
  project.remove({"k5"});
  project.add({"n1", "k5"});
  REQUIRE(project.run({"dynamic", "rename", "customers", "k5", "z5"}).code == 0);
  project.again("k1");
  const CommandResult resumed = project.run({"resume", "1"});
  CHECK(resumed.code == 0);
  CHECK_FALSE(contains(resumed.err, "left out"));
  const Json run = project.json({"run", "1"});
  CHECK(run["counts"]["materialized"].as_int() == 5);
  CHECK(project.status("z5") == "materialized");
  CHECK(project.status("n1") == "missing");
}

TEST_CASE("what a run that goes on is at is shown by its keys") {
  Keys project;
  RunningCommand first = project.held();
  first.signal(SIGKILL);
  first.wait();
  project.again("k1");
  std::filesystem::remove(project.directory() / "started-k1");
  // Its keys are now in the order of today, which is another than that of its plan.
  RunningCommand resumed = project.start({"resume", "1", "-j", "1"});
  REQUIRE(project.wait_for("started-k1"));
  project.again("k4");
  CHECK(project.comes_to_run("k1"));
  CHECK(project.status("k4") == "materialized");
  CHECK(project.run({"materialize", "orders@k1", "--no-wait"}).code == 6);
  project.write("release", "");
  CHECK(resumed.wait().code == 0);
}

TEST_CASE("a plan is refused where its keys are others, though they are between the same") {
  Keys project;
  REQUIRE(project.run({"plan", "orders@k1..k3", "-o", "orders.plan"}).code == 0);
  REQUIRE(project.run({"plan", "orders@k4..k5", "-o", "others.plan"}).code == 0);
  project.remove({"k2", "k3"});
  project.add({"n1", "k3"});
  project.remove({"k4", "k5"});
  REQUIRE(project.run({"plan", "orders@k1..k3", "-o", "now.plan"}).code == 0);
  const CommandResult refused = project.run({"apply", "orders.plan"});
  CHECK(refused.code == 5);
  CHECK_MESSAGE(contains(refused.err, "orders: its keys are others"), refused.err);
  CHECK(project.run({"apply", "others.plan"}).code == 5);
  // What is added behind them is no other.
  project.add({"k5"});
  CHECK(project.run({"apply", "now.plan"}).code == 0);
}
