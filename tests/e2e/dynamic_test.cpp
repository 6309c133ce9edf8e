// Dynamic keys as a user adds, lists and removes them.
#include <doctest/doctest.h>

#include <signal.h>

#include <filesystem>

#include "support/sandbox.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

std::string listed(const Sandbox& project, const std::string& set) {
  return project.run({"dynamic", "list", set}).out;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("dynamic partitions are added, materialized and removed by name") {
  Sandbox project;
  project.add_plugin("behaviours");
  CHECK(project.run({"dynamic", "add", "things", "zeta", "alpha"}).code == 0);
  const Json page = project.json({"partitions", "ad_hoc"});
  CHECK(page["partitions"].as_array().at(0)["key"].as_string() == "zeta");
  const Json run = project.json({"materialize", "ad_hoc", "--missing"});
  CHECK(run["counts"]["materialized"].as_int() == 2);
  CHECK(project.run({"dynamic", "remove", "things", "zeta"}).code == 0);
  CHECK(project.json({"partitions", "ad_hoc"})["count"].as_int() == 1);
  CHECK(project.run({"dynamic", "remove", "things", "zeta"}).code == 2);
}

TEST_CASE("a key that comes later is not in an older plan") {
  Sandbox project;
  project.add_plugin("customers");
  REQUIRE(project.run({"dynamic", "add", "customers", "alice", "bob"}).code == 0);
  REQUIRE(project.run({"materialize", "orders", "--all"}).code == 0);
  REQUIRE(project.run({"plan", "by_day", "--all", "-o", "by_day.plan"}).code == 0);
  project.write("refuse-bob|2024-01-02", "");
  CHECK(project.run({"materialize", "by_day", "--all"}).code == 1);
  std::filesystem::remove(project.directory() / "refuse-bob|2024-01-02");
  REQUIRE(project.run({"dynamic", "add", "customers", "carol"}).code == 0);
  REQUIRE(project.run({"materialize", "orders", "--missing"}).code == 0);
  CHECK(project.run({"apply", "by_day.plan"}).code == 5);
  CHECK(project.json({"retry", "2"})["planned"].as_int() == 1);
}

TEST_CASE("what read all keys is stale once one is removed that was made, until it is back") {
  Sandbox project;
  project.add_plugin("customers");
  REQUIRE(project.run({"dynamic", "add", "customers", "alice", "bob", "carol"}).code == 0);
  REQUIRE(project
              .run({"materialize", "orders@alice or invoices@{alice,bob} or everybody",
                    "--upstream-missing", "--allow-missing-upstream"})
              .code == 0);
  REQUIRE(project.run({"materialize", "by_day", "--all", "--allow-missing-upstream"}).code == 0);
  const auto freshness = [&] {
    std::string text;
    for (const char* partition : {"everybody", "invoices@alice", "by_day@alice|2024-01-01"})
      text += project.json({"explain", partition})["fresh"].as_bool() ? "f" : "s";
    return text;
  };
  CHECK(freshness() == "fff");
  REQUIRE(project.run({"dynamic", "add", "customers", "dave"}).code == 0);
  REQUIRE(project.run({"dynamic", "remove", "customers", "dave"}).code == 0);  // never made
  REQUIRE(project.run({"dynamic", "rename", "customers", "alice", "alicia"}).code == 0);
  REQUIRE(project.run({"dynamic", "rename", "customers", "alicia", "alice"}).code == 0);
  CHECK(freshness() == "fff");
  REQUIRE(project.run({"dynamic", "remove", "customers", "bob"}).code == 0);
  CHECK(freshness() == "sff");
  CHECK(project.json({"explain", "everybody"})["reasons"].as_array()[0]["text"].as_string() ==
        "keys of customers that invoices had were removed");
  REQUIRE(project.run({"dynamic", "add", "customers", "bob"}).code == 0);
  CHECK(freshness() == "fff");
  REQUIRE(project.run({"dynamic", "remove", "customers", "bob"}).code == 0);
  REQUIRE(project.run({"materialize", "everybody", "--stale"}).code == 0);
  CHECK(freshness() == "fff");
}

TEST_CASE("a run that goes on makes what another has tried in vain meanwhile") {
  Sandbox project;
  project.add_plugin("customers");
  REQUIRE(project.run({"dynamic", "add", "customers", "alice", "bob", "carol"}).code == 0);
  project.write("hold-bob", "");
  RunningCommand run = project.start({"materialize", "orders", "--all", "-j", "1", "--jsonl"});
  REQUIRE(project.wait_for("started-bob"));
  REQUIRE(run.wait_for_output("finished"));  // alice's is durable
  run.signal(SIGKILL);
  run.wait();
  std::filesystem::remove(project.directory() / "hold-bob");
  project.write("refuse-bob", "");
  CHECK(project.run({"materialize", "orders@bob"}).code == 1);
  std::filesystem::remove(project.directory() / "refuse-bob");
  // The last run is the newest, or none: an older one is gone on with by its number.
  const CommandResult refused = project.run({"resume", "last"});
  CHECK(refused.code == 2);
  CHECK(contains(refused.err, "partita resume 1"));
  const Json resumed = project.json({"resume", "1"});
  CHECK(resumed["counts"]["materialized"].as_int() == 2);
}

TEST_CASE("keys are read from standard input, one a line, in their order") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.set_input("zeta\r\n\nHome and Garden\nalpha");
  const CommandResult added = project.run({"dynamic", "add", "things", "first", "-"});
  CHECK(added.out == "things: 4 keys added\n");
  CHECK(listed(project, "things") == "first\nzeta\nHome and Garden\nalpha\n");
  project.set_input("alpha\nfirst\n");
  CHECK(project.run({"dynamic", "remove", "things", "-"}).out == "things: 2 keys removed\n");
  CHECK(listed(project, "things") == "zeta\nHome and Garden\n");
}

TEST_CASE("keys are all added or none, and the one that is refused is named") {
  Sandbox project;
  project.add_plugin("behaviours");
  const auto refused = [&](std::vector<std::string> keys, std::string_view why) {
    keys.insert(keys.begin(), {"dynamic", "add", "rooms"});
    const CommandResult result = project.run(keys);
    CHECK(result.code == 2);
    CHECK_MESSAGE(contains(result.err, why), result.err);
    CHECK(listed(project, "rooms").empty());
  };
  refused({"kitchen", "a|b"}, "refuse partition key `a|b`: `|` is not allowed in a dimension of a");
  refused({"kitchen", "a|b"}, "`by_room` has the keys in a product");
  refused({"kitchen", "hall", "kitchen"}, "refuse partition key `kitchen`: it is given twice");
  refused({"kitchen", "tab\there"}, "refuse partition key `tab\\x09here`: it has a control");
  CHECK(project.run({"dynamic", "add", "things", "a|b"}).code == 0);
}

TEST_CASE("metadata is kept with a key until it is added with other metadata, or removed") {
  Sandbox project;
  project.add_plugin("behaviours");
  const auto metadata = [&] { return project.json({"dynamic", "list", "things"})["metadata"]; };
  CHECK(project
            .run({"dynamic", "add", "things", "a", "b", "--metadata", "region=eu", "--metadata",
                  "rows=3"})
            .code == 0);
  CHECK(metadata()["a"].dump() == R"({"region":"eu","rows":3})");
  CHECK(project.run({"dynamic", "add", "things", "a", "c"}).out ==
        "things: 1 key added, 1 there before\n");
  CHECK(metadata()["a"].dump() == R"({"region":"eu","rows":3})");
  CHECK(project.run({"dynamic", "add", "things", "a", "--metadata", "zip=01234"}).code == 0);
  CHECK(metadata()["a"].dump() == R"({"zip":"01234"})");
  CHECK_FALSE(metadata().contains("c"));
  CHECK(listed(project, "things") == "KEY  METADATA\na    zip=01234\nb    region=eu, rows=3\nc\n");
  CHECK(project.run({"dynamic", "remove", "things", "a", "b"}).code == 0);
  CHECK(metadata().as_object().empty());
}

TEST_CASE("what is listed as lines of JSON can be added so") {
  Sandbox project;
  project.add_plugin("behaviours");
  const std::string lines = R"({"key":"b","metadata":{"size":2.5,"tags":["x","y"]}})"
                            "\n"
                            R"({"key":"a \"quoted\" \u00e9"})"
                            "\n";
  project.set_input(lines);
  CHECK(project.run({"dynamic", "add", "things", "-", "--jsonl"}).out == "things: 2 keys added\n");
  const std::string out = project.run({"dynamic", "list", "things", "--jsonl"}).out;
  project.set_input(out);
  CHECK(project.run({"dynamic", "add", "rooms", "-", "--jsonl"}).code == 0);
  CHECK(project.run({"dynamic", "list", "rooms", "--jsonl"}).out == out);
  CHECK(contains(out, R"({"key":"b","metadata":{"size":2.5,"tags":["x","y"]}})"));
}

TEST_CASE("a line of JSON that cannot be read is named by its number, and nothing is added") {
  Sandbox project;
  project.add_plugin("behaviours");
  const auto refused = [&](std::string_view line, std::string_view why) {
    project.set_input("{\"key\": \"a\"}\n" + std::string(line) + "\n");
    const CommandResult result = project.run({"dynamic", "add", "things", "-", "--jsonl"});
    CHECK(result.code == 2);
    CHECK_MESSAGE(contains(result.err, why), result.err);
    CHECK(listed(project, "things").empty());
  };
  refused("b", "read line 2: parse json");
  refused("[]", "read line 2: want an object with a text `key`");
  refused(R"({"key": "b", "meta": {}})", "read line 2: unexpected member `meta`");
  refused(R"({"key": "b", "metadata": 3})", "read line 2: want an object as `metadata`");
}

TEST_CASE("metadata that cannot be kept is refused") {
  Sandbox project;
  project.add_plugin("behaviours");
  const auto refused = [&](std::vector<std::string> words, std::string_view why) {
    words.insert(words.begin(), "dynamic");
    const CommandResult result = project.run(words);
    CHECK(result.code == 2);
    CHECK_MESSAGE(contains(result.err, why), result.err);
  };
  refused({"add", "things", "a", "--metadata", "region"}, "`region`: it has no `name=value`");
  refused({"add", "things", "a", "--metadata", "x=" + std::string(20'000, 'x')},
          "at most 16384 are allowed");
  refused({"remove", "things", "a", "--metadata", "x=1"}, "--metadata goes with `dynamic add`");
  CHECK(listed(project, "things").empty());
}

TEST_CASE("a key that no partition can have is refused without a hint at products") {
  Sandbox project;
  project.add_plugin("customers");  // has the set in a product, too
  for (const std::string& key : {std::string(), std::string("a...b"), std::string(3000, 'x')}) {
    const CommandResult refused = project.run({"dynamic", "add", "customers", key});
    CHECK(refused.code == 2);
    CHECK_FALSE(contains(refused.err, "in a product"));
  }
  CHECK(contains(project.run({"dynamic", "add", "customers", "a|b"}).err, "in a product"));
}
