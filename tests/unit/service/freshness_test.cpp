// Freshness as it follows from real runs: what was read when, and data versions that are derived.
#include <doctest/doctest.h>

#include "recorded_project.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

const Wanted kAll{.all = true};
const Wanted kStale{.stale = true};

RecordedProject::Outcome gives(std::string version) {
  return [version](const std::string&, const std::string&) {
    return RecordedProject::Ending{false, version};
  };
}

struct Chain : RecordedProject {
  Chain() {
    const PartitionsDefinition abc = keys_of_names({"a", "b", "c"});
    define("raw", abc, {}, "1");
    define("clean", abc, {{"raw", {}}}, "1");
    define("report", {}, {{"clean", {}}});
  }
};

}  // namespace

TEST_CASE("what is made from the same by the same code has the same data version") {
  Chain project;
  project.materialize("*", kAll);
  const std::string before = project.data_version("clean", "a");
  CHECK(before.size() == 32);
  CHECK(before == project.data_version("clean", "b"));
  project.materialize("raw or clean", kAll);
  CHECK(project.data_version("clean", "a") == before);
  CHECK(project.stale("report") == "-");
  project.materialize("raw@b", {}, gives("2"));
  project.materialize("clean", kAll);
  CHECK(project.data_version("clean", "a") == before);
  CHECK(project.data_version("clean", "b") != before);
  CHECK(project.stale("report") == "all");
}

TEST_CASE("code and configuration are part of a derived data version, and come back with it") {
  Chain project;
  project.materialize("*", kAll);
  const std::string one = project.data_version("clean", "a");
  project.define("clean", keys_of_names({"a", "b", "c"}), {{"raw", {}}}, "2");
  CHECK(project.stale("clean") == "a..c");
  project.materialize("clean", kStale);
  const std::string two = project.data_version("clean", "a");
  CHECK(two != one);
  CHECK(project.stale("report") == "all");
  project.define("clean", keys_of_names({"a", "b", "c"}), {{"raw", {}}}, "1");
  project.materialize("clean", kStale);
  CHECK(project.data_version("clean", "a") == one);
  CHECK(project.stale("report") == "-");
  project.configure(Json::object().set("clean", Json::object().set("rate", 2)));
  project.materialize("clean", kStale);
  CHECK(project.data_version("clean", "a") != one);
}

TEST_CASE("in which order dependencies are declared is not part of a derived data version") {
  RecordedProject project;
  project.define("a", {});
  project.define("b", {});
  project.define("sum", {}, {{"a", {}}, {"b", {}}}, "1");
  project.materialize("*", kAll);
  const std::string before = project.data_version("sum");
  project.define("sum", {}, {{"b", {}}, {"a", {}}}, "1");
  CHECK(project.stale("sum") == "-");
  project.materialize("sum");
  CHECK(project.data_version("sum") == before);
}

TEST_CASE("without a declared code version every run makes other data") {
  RecordedProject project;
  project.define("a", {});
  project.define("b", {}, {{"a", {}}});
  project.materialize("*", kAll);
  CHECK(project.stale("b") == "-");
  project.materialize("a");
  CHECK(project.reasons("b") == std::vector<std::string>{"a changed"});
  project.materialize("b");
  CHECK(project.stale("b") == "-");
}

TEST_CASE("a run of what is stale makes what follows only where data have changed") {
  Chain project;
  project.materialize("*", kAll);
  project.materialize("raw@b", {}, gives("2"));
  const auto made = project.materialize("*", kStale);
  CHECK(made.plan.conditional_count() == 1);
  CHECK(made.counts.materialized == 2);  // clean@b and, as that has changed, the report
  CHECK(made.counts.unchanged == 0);
  CHECK(project.stale("report") == "-");
  project.materialize("raw@c", {}, gives("3"));
  // Cleaned, it comes out as it was.
  const std::string same = project.data_version("clean", "c");
  const auto again = project.materialize("*", kStale, [&](const std::string& asset, const auto&) {
    return RecordedProject::Ending{false, asset == "clean" ? same : ""};
  });
  CHECK(again.counts.materialized == 1);
  CHECK(again.counts.unchanged == 1);
  CHECK(project.stale("report") == "-");
  CHECK(project.materialize("*", kStale).plan.count() == 0);
}

TEST_CASE("an upstream that another process makes again while a child runs makes the child stale") {
  for (const bool other_data : {true, false}) {
    CAPTURE(other_data);
    Chain project;
    project.materialize("*", kAll, gives("1"));
    bool interfered = false;
    project.materialize("clean@b", {}, [&](const std::string&, const std::string&) {
      if (!interfered) project.report("raw", "b", other_data ? "2" : "1");
      interfered = true;
      return RecordedProject::Ending{};
    });
    CHECK(project.stale("clean") == (other_data ? "b" : "-"));
  }
}

TEST_CASE("what was reported is compared by when it was") {
  Chain project;
  project.report("raw", "a", "1");
  project.report("clean", "a", "1");
  CHECK(project.stale("clean") == "-");
  project.report("raw", "a", "1");
  CHECK(project.stale("clean") == "-");
  project.report("raw", "a", "2");
  CHECK(project.stale("clean") == "a");
}
