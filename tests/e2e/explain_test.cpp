// What `explain` says of one partition.
#include <doctest/doctest.h>

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
    REQUIRE(run({"dynamic", "add", "customers", "a", "b", "c"}).code == 0);
  }
  std::string explained(const std::string& partition) const {
    return run({"explain", partition}).out;
  }
};

}  // namespace

TEST_CASE("what was held back together with others is told of each by what it needs itself") {
  Customers project;
  project.write("refuse-a", "");
  project.write("refuse-c", "");
  CHECK(project.run({"materialize", "orders or invoices", "--all"}).code == 1);
  for (const std::string key : {"a", "c"}) {
    const Json held = project.json({"explain", "invoices@" + key});
    CHECK(held["reason"].as_string() == "needs orders@" + key + ", which failed");
    CHECK(contains(project.explained("invoices@" + key), "because"));
  }
  std::filesystem::remove(project.directory() / "refuse-a");
  CHECK(project.run({"materialize", "orders@a"}).code == 0);
  // It lacks nothing any more: all that is known is what the run said.
  CHECK(contains(project.json({"explain", "invoices@a"})["reason"].as_string(), "did not succeed"));
}

TEST_CASE("what is there, and was held back since, says so of its last attempt") {
  Customers project;
  REQUIRE(project.run({"materialize", "orders or invoices", "--all"}).code == 0);
  project.write("refuse-a", "");
  CHECK(project.run({"materialize", "orders or invoices", "--all"}).code == 1);
  const std::string text = project.explained("invoices@a");
  CHECK_MESSAGE(contains(text, "held back in run 2: "), text);
  CHECK(contains(text, "last attempt"));
  CHECK_FALSE(contains(text, "\n  because"));
  CHECK(project.json({"explain", "invoices@a"})["reason"].is_null());
  CHECK_FALSE(contains(project.explained("invoices@b"), "last attempt"));
}

TEST_CASE("with --quiet nothing is said of what to type next") {
  Customers project;
  project.write("refuse-a", "");
  CHECK(project.run({"materialize", "orders", "--all"}).code == 1);
  for (const std::vector<std::string>& asked : {std::vector<std::string>{"explain", "orders@a"},
                                                {"run", "1"},
                                                {"materialize", "orders", "--all"}}) {
    std::vector<std::string> quiet = asked;
    quiet.emplace_back("-q");
    CHECK(contains(project.run(asked).out, "\nnext\n"));
    CHECK_FALSE(contains(project.run(quiet).out, "\nnext\n"));
  }
}
