// Keys of dynamic partitions that get other names, as a user sees it.
#include <doctest/doctest.h>

#include <csignal>

#include "support/sandbox.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

struct Customers : Sandbox {
  Customers() {
    add_plugin("customers");
    REQUIRE(run({"dynamic", "add", "customers", "alice", "bob", "carol"}).code == 0);
  }

  CommandResult rename(const std::string& from, const std::string& to) const {
    return run({"dynamic", "rename", "customers", from, to});
  }
  std::int64_t count(const std::string& asset, const char* status) const {
    return json({"partitions", asset, "--status", status})["count"].as_int();
  }
  std::string content(const std::string& directory) const {
    return read(".partita/outputs/" + directory + "/content.txt");
  }
  bool is_fresh(const std::string& partition) const {
    return json({"explain", partition})["fresh"].as_bool();
  }
  void check_store() const { CHECK(json({"db", "check"})["problems"].as_array().empty()); }
};

}  // namespace

TEST_CASE("a renamed key is the same partition, in whatever asset and product it is") {
  Customers project;
  REQUIRE(project.run({"materialize", "*", "--all"}).code == 0);
  const Json before = project.json({"explain", "invoices@bob"})["materialization"];
  const CommandResult renamed = project.rename("bob", "robert");
  CHECK(renamed.code == 0);
  CHECK(renamed.out == "customers: `bob` is `robert` now, with 9 partitions of 4 assets\n");
  CHECK(project.run({"dynamic", "list", "customers"}).out == "alice\nrobert\ncarol\n");

  CHECK(project.json({"status"})["counts"]["materialized"].as_int() == 22);
  CHECK(project.json({"status"})["stale"].as_int() == 0);
  CHECK(project.is_fresh("invoices@robert"));
  CHECK(project.is_fresh("everybody"));
  CHECK(project.is_fresh("by_day@robert|2024-01-02"));
  CHECK(project.json({"plan", "*", "--stale"})["count"].as_int() == 0);
  const Json after = project.json({"explain", "invoices@robert"});
  CHECK(after["materialization"]["data_version"].dump() == before["data_version"].dump());
  CHECK(after["materialization"]["run"].as_int() == 1);
  CHECK(after["attempts"].as_array().size() == 1);
  CHECK(after["upstream"].as_array().at(0)["key"].as_string() == "robert");
  CHECK(project.json({"show", "orders"})["checks"].as_array().at(0)["passed"].as_int() == 3);
  CHECK(project.json({"show", "orders"})["orphans"].as_int() == 0);
  CHECK(project.run({"explain", "invoices@bob"}).code == 2);

  CHECK(project.content("orders/@robert") == "orders of bob");
  CHECK(project.content("by_day/@robert%7C2024-01-02") == "bob|2024-01-02");
  CHECK_FALSE(project.exists(".partita/outputs/orders/@bob"));
  CHECK_FALSE(project.exists(".partita/outputs/by_day/@bob%7C2024-01-02"));
  CHECK(contains(project.run({"logs", "1", "orders@robert"}).out, "orders of bob"));
  CHECK(contains(project.run({"logs", "1", "orders@bob"}).out, "orders of bob"));
  project.check_store();
  REQUIRE(project.run({"db", "rebuild"}).code == 0);
  CHECK(project.json({"status"})["stale"].as_int() == 0);
}

TEST_CASE("downstream reads what was made before from its new place, and goes on from it") {
  Customers project;
  REQUIRE(project.run({"materialize", "orders", "--all"}).code == 0);
  REQUIRE(project.rename("bob", "robert").code == 0);
  REQUIRE(project.run({"materialize", "invoices@robert"}).code == 0);
  CHECK(project.content("invoices/@robert") == "from orders of bob");
  CHECK(project.is_fresh("invoices@robert"));
  REQUIRE(project.run({"materialize", "orders@robert"}).code == 0);
  CHECK(project.content("orders/@robert") == "orders of robert");
  const Json stale = project.json({"explain", "invoices@robert"});
  CHECK_FALSE(stale["fresh"].as_bool());
  CHECK(contains(stale["upstream"].as_array().at(0)["note"].as_string(), "changed by run 3"));
  project.check_store();
}

TEST_CASE("the answer says of which assets partitions were renamed, and how many outputs moved") {
  Customers project;
  REQUIRE(project.run({"materialize", "orders or pairs", "--all"}).code == 0);
  const Json answer = project.json({"dynamic", "rename", "customers", "bob", "robert"});
  CHECK(answer.dump() == R"({"set":"customers","from":"bob","to":"robert","assets":[)"
                         R"({"asset":"orders","partitions":1,"outputs":1},)"
                         R"({"asset":"pairs","partitions":5,"outputs":0}]})");
  CHECK(project.rename("robert", "bob").out ==
        "customers: `robert` is `bob` now, with 6 partitions of 2 assets\n");
  CHECK(project.content("orders/@bob") == "orders of bob");
  CHECK(project.json({"status"})["counts"]["materialized"].as_int() == 12);
  project.check_store();
}

TEST_CASE("names that change places take their partitions with them") {
  Customers project;
  REQUIRE(project.run({"materialize", "orders or invoices", "--all"}).code == 0);
  REQUIRE(project.rename("alice", "t").code == 0);
  REQUIRE(project.rename("bob", "alice").code == 0);
  REQUIRE(project.rename("t", "bob").code == 0);
  CHECK(project.run({"dynamic", "list", "customers"}).out == "bob\nalice\ncarol\n");
  CHECK(project.content("orders/@bob") == "orders of alice");
  CHECK(project.content("orders/@alice") == "orders of bob");
  CHECK(project.is_fresh("invoices@bob"));
  CHECK(project.json({"plan", "*", "--stale"})["count"].as_int() == 0);
  project.check_store();
}

TEST_CASE("a run of before is taken up under the names of now") {
  Customers project;
  project.write("refuse-bob", "");
  project.write("refuse-carol", "");
  CHECK(project.run({"materialize", "orders or invoices", "--all"}).code == 1);
  REQUIRE(project.rename("bob", "robert").code == 0);
  REQUIRE(project.rename("carol", "zoe").code == 0);
  // What has an old name now was not in it.
  REQUIRE(project.run({"dynamic", "add", "customers", "bob"}).code == 0);
  const Json retried = project.json({"retry", "1"});
  CHECK(retried["result"].as_string() == "success");
  CHECK(retried["planned"].as_int() == 4);
  CHECK(project.count("orders", "missing") == 1);
  CHECK(project.content("orders/@robert") == "orders of robert");
  CHECK(project.json({"explain", "orders@robert"})["attempts"].as_array().size() == 2);
  project.check_store();
}

TEST_CASE("so is one of a product, and its plan is no longer that of an older file") {
  Customers project;
  project.write("refuse-bob|2024-01-02", "");
  REQUIRE(project.run({"materialize", "orders", "--all"}).code == 0);
  REQUIRE(project.run({"plan", "by_day", "--all", "-o", "by_day.plan"}).code == 0);
  CHECK(project.run({"materialize", "by_day@(alice|2024-01-01 or customer=bob)"}).code == 1);
  REQUIRE(project.rename("bob", "robert").code == 0);
  CHECK(project.json({"retry", "2"})["planned"].as_int() == 1);
  CHECK(project.content("by_day/@robert%7C2024-01-02") == "robert|2024-01-02");
  CHECK(project.content("by_day/@robert%7C2024-01-01") == "bob|2024-01-01");
  CHECK(project.run({"apply", "by_day.plan"}).code == 5);
  project.check_store();
}

TEST_CASE("a run that was stopped goes on with the partitions that have other names now") {
  Customers project;
  project.write("hold-bob", "");
  RunningCommand run = project.start({"materialize", "orders", "--all", "-j", "1"});
  REQUIRE(project.wait_for("started-bob"));
  run.signal(SIGINT);
  run.signal(SIGINT);
  CHECK(run.wait().code == 130);
  std::filesystem::remove(project.directory() / "hold-bob");
  REQUIRE(project.rename("bob", "robert").code == 0);
  const Json resumed = project.json({"resume", "1"});
  CHECK(resumed["run"].as_int() == 1);
  CHECK(resumed["result"].as_string() == "success");
  const Json whole = project.json({"run", "1"});
  CHECK(whole["counts"]["materialized"].as_int() == 3);
  CHECK(whole["partitions"].as_array().size() == 3);
  CHECK(project.content("orders/@robert") == "orders of robert");
  project.check_store();
}

TEST_CASE("what a run had is left out where its key has gone and another has the name") {
  Customers project;
  project.write("refuse-bob", "");
  CHECK(project.run({"materialize", "orders@{alice,bob}"}).code == 1);
  REQUIRE(project.run({"wipe", "orders@bob", "--yes"}).code == 0);
  REQUIRE(project.run({"dynamic", "remove", "customers", "bob"}).code == 0);
  REQUIRE(project.rename("carol", "bob").code == 0);
  const CommandResult retried = project.run({"retry", "1"});
  CHECK(retried.code == 0);
  CHECK_MESSAGE(contains(retried.err, "1 partition of orders that it had planned is left out"),
                retried.err);
  CHECK(project.count("orders", "missing") == 1);
  const CommandResult undone = project.run({"wipe", "--undo"});
  CHECK(undone.code == 1);
  CHECK_MESSAGE(contains(undone.out, "another partition has its name now"), undone.out);
  project.check_store();
}

TEST_CASE("a wipe of before is undone under the name of now") {
  Customers project;
  REQUIRE(project.run({"materialize", "orders or invoices", "--all"}).code == 0);
  REQUIRE(project.run({"wipe", "orders@bob", "--yes"}).code == 0);
  REQUIRE(project.rename("bob", "robert").code == 0);
  CHECK(project.count("orders", "missing") == 1);
  CHECK_FALSE(project.exists(".partita/outputs/orders/@robert"));
  CHECK(project.json({"wipe", "--undo"})["restored"].as_array().at(0)["partitions"].as_string() ==
        "robert");
  CHECK(project.content("orders/@robert") == "orders of bob");
  CHECK(project.is_fresh("invoices@robert"));
  project.check_store();
}

TEST_CASE("a removed asset has its history under the name of now when it comes back") {
  Customers project;
  REQUIRE(project.run({"materialize", "*", "--all"}).code == 0);
  REQUIRE(project.run({"wipe", "invoices@bob", "--yes"}).code == 0);
  std::filesystem::remove(project.directory() / "definitions/customers.so");
  REQUIRE(project.run({"reload"}).code == 0);
  const CommandResult product = project.rename("bob", "bob|x");
  CHECK(product.code == 2);
  CHECK(contains(product.err, "`by_day` has the keys in a product"));
  const CommandResult renamed = project.rename("bob", "robert");
  CHECK(renamed.code == 0);
  CHECK(renamed.out == "customers: `bob` is `robert` now, with 8 partitions of 3 assets\n");
  CHECK(project.content("orders/@robert") == "orders of bob");

  REQUIRE(project.run({"dynamic", "remove", "customers", "alice"}).code == 0);
  const CommandResult taken = project.rename("carol", "alice");
  CHECK(taken.code == 2);
  CHECK(contains(taken.err, "is known of an earlier key of that name"));

  project.add_plugin("customers");
  CHECK(project.count("orders", "materialized") == 2);
  CHECK(project.is_fresh("by_day@robert|2024-01-02"));
  REQUIRE(project.run({"wipe", "--undo"}).code == 0);
  CHECK(project.is_fresh("invoices@robert"));
  CHECK(project.content("invoices/@robert") == "from orders of bob");
  project.check_store();
}

TEST_CASE("what does not fit is refused with the way on, and nothing is changed") {
  Customers project;
  REQUIRE(project.run({"materialize", "orders", "--all"}).code == 0);
  REQUIRE(project.run({"dynamic", "remove", "customers", "carol"}).code == 0);
  const auto refused = [&](std::vector<std::string> words, std::string_view why) {
    words.insert(words.begin(), {"dynamic", "rename"});
    const CommandResult result = project.run(words);
    CHECK(result.code == 2);
    CHECK_MESSAGE(contains(result.err, why), result.err);
  };
  refused({}, "SET is missing");
  refused({"customers", "bob"}, "the new name is missing");
  refused({"customers", "bob", "b", "c"}, "unexpected argument `c`");
  refused({"costumers", "bob", "b"}, "did you mean `customers`?");
  refused({"customers", "bbo", "b"}, "did you mean `bob`?");
  refused({"customers", "zzz", "b"}, "hint: partita dynamic list customers");
  refused({"customers", "bob", "alice"}, "`alice` is there already");
  refused({"customers", "bob", "bob"}, "`bob` is there already");
  refused({"customers", "bob", ""}, "refuse an empty partition key");
  refused({"customers", "bob", "a|b"}, "`|` is not allowed in a dimension of a product");
  refused({"customers", "bob", "a...b"}, "which writes a range");
  refused({"customers", "bob", "carol"}, "`orders@carol` is known of an earlier key of that name");
  refused({"customers", "bob", "carol"}, "`partita wipe orders --orphans` forgets it");
  CHECK(project.run({"dynamic", "add", "customers", "x", "--no-wait"}).code == 2);
  CHECK(project.run({"dynamic", "list", "customers"}).out == "alice\nbob\n");
  REQUIRE(project.run({"wipe", "orders", "--orphans", "--yes"}).code == 0);
  CHECK(project.rename("bob", "carol").code == 0);
  CHECK(project.content("orders/@carol") == "orders of bob");
  project.check_store();
}

TEST_CASE("a rename waits for a run, or says that it would") {
  Customers project;
  project.add_plugin("behaviours");
  RunningCommand run = project.start({"materialize", "waits@1"});
  REQUIRE(project.wait_for("started-1"));
  CHECK(project.run({"dynamic", "rename", "customers", "bob", "robert", "--no-wait"}).code == 6);
  RunningCommand rename = project.start({"dynamic", "rename", "customers", "bob", "robert"});
  REQUIRE(rename.wait_for_output("waiting for the run of process"));
  project.write("release", "");
  CHECK(run.wait().code == 0);
  CHECK(rename.wait().code == 0);
  CHECK(project.run({"dynamic", "list", "customers"}).out == "alice\nrobert\ncarol\n");
}
