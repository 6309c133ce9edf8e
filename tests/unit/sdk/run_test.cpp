// What a running function asks and tells, through the fakes of partita/testing.hpp.
#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "unit/sdk/plugins.hpp"

using partita::Definitions;
using partita::Run;
using partita::testing::Given;
using partita::testing::Plugin;

namespace {

void define_all(Definitions& defs) {
  defs.asset("day").daily("2024-01-01") = [](Run& run) {
    run.metadata("partition", run.partition());
    run.metadata("start", partita::timestamp(run.window().start));
    run.metadata("end", partita::date(run.window().end));
    run.log("made " + std::string(run.partition()));
    run.data_version("v1");
  };
  defs.asset("grid")
      .by("region", partita::keys({"eu", "us"}))
      .by("date", partita::monthly("2024-01-01")) = [](Run& run) {
    run.metadata("region", run.key("region"));
    run.metadata("end", partita::date(run.window("date").end));
    run.key("colour");
  };
  defs.asset("two_times")
      .by("made", partita::daily("2024-01-01"))
      .by("sold", partita::daily("2024-01-01")) = [](Run& run) { run.window(); };
  defs.asset("plain") = [](Run& run) { run.window(); };
  defs.asset("values") = [](Run& run) {
    run.metadata("bool", true);
    run.metadata("int", std::int8_t{-3});
    run.metadata("float", 0.5F);
    run.metadata("literal", "text");
    run.metadata("path", std::filesystem::path("a/b"));
    run.metadata("table", partita::Table({"a", "b"}).row(1, "x|y"));
    run.metadata("url", partita::url("https://example.org"));
  };
  defs.asset("settings") = [](Run& run) {
    run.metadata("limit", run.config("limit", 10));
    run.metadata("name", run.config("name", "nobody"));
    run.metadata("path", run.resource("files").get("path"));
    run.metadata("retries", run.resource("files").get("retries", 3));
    run.metadata("ratio", run.config<double>("ratio"));
  };
  defs.asset("sum").from("day") = [](Run& run) {
    int total = 0;
    for (const auto& day : run.input("day")) {
      total += day.metadata<int>("rows").value_or(0) * (day.materialized() ? 1 : 100);
    }
    run.metadata("total", total);
    run.metadata("first", partita::date(run.input("day")[0].window().start));
  };
  defs.asset("one").from("day") = [](Run& run) {
    run.metadata("key", run.input("day").single().key());
  };
  defs.asset("undeclared") = [](Run& run) { run.input("day"); };
  defs.asset("files") = [](Run& run) {
    std::ofstream(run.output_dir() + "/made.txt") << "made";
    std::ofstream(run.temp_dir() + "/scratch.txt") << "scratch";
  };
  defs.asset("threads") = [](Run& run) {
    std::thread other([&] { run.metadata("other", 1); });
    run.metadata("this", 1);
    other.join();
  };
  defs.asset("batched").daily("2024-01-01").batch(10) = [](Run& run) {
    run.metadata("of", std::string(partita::date(run.window().start)));
    run.data_version("all");
    for (const auto& day : run.partitions()) {
      if (day.key() == "2024-01-01") run.commit(day, {{"rows", 1}}, "own");
      if (day.key() == "2024-01-02") run.fail(day, "no rows");
      if (day.key() == "2024-01-03") run.skip(day.key(), "a holiday");
      if (day.key() == "2024-01-05") run.retry("the line is down");
    }
    run.log(std::to_string(run.partitions().size()) + " days");
  };
  defs.asset("one_by_one").daily("2024-01-01") = [](Run& run) {
    for (const auto& day : run.partitions()) run.commit(day.key(), {{"rows", 1}}, "v2");
  };
  defs.check("as_bool").on("day") = [](Run& run) { return run.partition() == "2024-01-02"; };
  defs.check("explained").on("day") = [](Run& run) {
    const auto rows = run.input("day").single().metadata<int>("rows").value_or(0);
    return partita::passed(rows > 0).because("no rows on " + std::string(run.partition()));
  };
}

struct Fixture {
  Plugin plugin{entry_of<define_all>};
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a daily partition knows its key and window") {
  const auto result = plugin.materialize("day", "2024-02-28");
  REQUIRE(result.ok());
  CHECK(result.metadata<std::string>("partition") == "2024-02-28");
  CHECK(result.metadata<std::string>("start") == "2024-02-28T00:00:00Z");
  CHECK(result.metadata<std::string>("end") == "2024-02-29");
  CHECK(result.logs() == std::vector<std::string>{"made 2024-02-28"});
  CHECK(result.data_version() == "v1");
}

TEST_CASE_FIXTURE(Fixture, "a batch decides on each partition; the rest shares its fate") {
  const auto made =
      plugin.materialize_batch("batched", {"2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"});
  CHECK(made.ok());
  CHECK(made.logs() == std::vector<std::string>{"4 days"});
  CHECK(made["2024-01-01"].metadata<int>("rows") == 1);
  CHECK(made["2024-01-01"].metadata<std::string>("of") == "2024-01-01");
  CHECK(made["2024-01-01"].data_version() == "own");
  CHECK(made["2024-01-02"].error() == "no rows");
  CHECK(made["2024-01-03"].skipped());
  CHECK(made["2024-01-04"].ok());
  CHECK(made["2024-01-04"].data_version() == "all");

  const auto broken =
      plugin.materialize_batch("batched", {"2024-01-01", "2024-01-04", "2024-01-05"});
  CHECK_FALSE(broken.ok());
  CHECK(broken["2024-01-01"].ok());
  CHECK(broken["2024-01-04"].wants_retry());
  CHECK(broken["2024-01-04"].error() == "the line is down");
  CHECK_THROWS_AS(broken["2024-01-02"], std::invalid_argument);
}

TEST_CASE_FIXTURE(Fixture, "a function for batches runs for one partition as well") {
  const auto result = plugin.materialize("one_by_one", "2024-01-01");
  REQUIRE(result.ok());
  CHECK(result.metadata<int>("rows") == 1);
  CHECK(result.data_version() == "v2");
}

TEST_CASE_FIXTURE(Fixture, "a test may give the window") {
  const auto result = plugin.materialize("day", "Carnival", Given().window({0, 86400}));
  CHECK(result.metadata<std::string>("start") == "1970-01-01T00:00:00Z");
}

TEST_CASE_FIXTURE(Fixture, "a product's key reads by dimension, sorted by name") {
  const auto result = plugin.materialize("grid", "2024-02-01|us");
  CHECK(result.metadata<std::string>("region") == "us");
  CHECK(result.metadata<std::string>("end") == "2024-03-01");
  CHECK(result.error() == "asset `grid` has no dimension `colour`");
}

TEST_CASE_FIXTURE(Fixture, "a window that is not there, or not the only one, is an error") {
  CHECK(plugin.materialize("plain").error() == "asset `plain` has no time window");
  CHECK(plugin.materialize("two_times", "2024-01-01|2024-01-02").error() ==
        "asset `two_times` has several dimensions of time: name one, as in window(\"date\")");
}

TEST_CASE_FIXTURE(Fixture, "metadata keeps the type of its value") {
  const auto result = plugin.materialize("values");
  REQUIRE(result.ok());
  CHECK(result.metadata<bool>("bool") == true);
  CHECK(result.metadata<int>("int") == -3);
  CHECK(result.metadata<double>("float") == 0.5);
  CHECK(result.metadata<std::string>("literal") == "text");
  CHECK(result.metadata<std::string>("path") == "a/b");
  CHECK(result.metadata<std::string>("table") == "| a | b |\n| --- | --- |\n| 1 | x\\|y |\n");
  CHECK(result.metadata().at("table").kind() == PARTITA_VALUE_MARKDOWN);
  CHECK(result.metadata().at("url").kind() == PARTITA_VALUE_URL);
  CHECK_FALSE(result.metadata<int>("literal"));
  CHECK_FALSE(result.metadata<int>("absent"));
}

TEST_CASE_FIXTURE(Fixture, "settings and resources are read, or fall back") {
  auto result = plugin.materialize(
      "settings", Given().config("ratio", 2).resource("files", "path", "data").config("limit", 7));
  REQUIRE_MESSAGE(result.ok(), result.error());
  CHECK(result.metadata<int>("limit") == 7);
  CHECK(result.metadata<std::string>("name") == "nobody");
  CHECK(result.metadata<std::string>("path") == "data");
  CHECK(result.metadata<int>("retries") == 3);
  CHECK(result.metadata<double>("ratio") == 2.0);
}

TEST_CASE_FIXTURE(Fixture, "a setting that is missing or of the wrong type is named") {
  CHECK(plugin.materialize("settings").error() ==
        "field `path` of resource `files` is not set: add it to [resources.files] in partita.toml");
  const auto files = [] { return Given().resource("files", "path", "data"); };
  CHECK(plugin.materialize("settings", files()).error() ==
        "config `ratio` of asset `settings` is not set: add it to [config.settings] in "
        "partita.toml, or pass --config ratio=VALUE");
  CHECK(plugin.materialize("settings", files().config("limit", "many")).error() ==
        "config `limit` of asset `settings` is a text, want an integer");
  CHECK(plugin.materialize("settings", files().config("limit", INT64_C(5000000000))).error() ==
        "config `limit` of asset `settings` is out of range");
}

TEST_CASE_FIXTURE(Fixture, "inputs are walked with key, window, metadata and whether they exist") {
  const auto result = plugin.materialize("sum", Given()
                                                    .input("day", "2024-01-01", {{"rows", 2}})
                                                    .input("day", "2024-01-02", {{"rows", 3}})
                                                    .missing_input("day", "2024-01-03"));
  REQUIRE_MESSAGE(result.ok(), result.error());
  CHECK(result.metadata<int>("total") == 5);
  CHECK(result.metadata<std::string>("first") == "2024-01-01");
}

TEST_CASE_FIXTURE(Fixture, "a result is the next one's input") {
  const auto day = plugin.materialize("day", "2024-01-05");
  CHECK(plugin.materialize("one", Given().input(day)).metadata<std::string>("key") == "2024-01-05");
}

TEST_CASE_FIXTURE(Fixture, "inputs that cannot be used are errors with names") {
  CHECK(plugin.materialize("one").error() == "input `day` has 0 partitions, want one");
  CHECK(plugin.materialize("undeclared").error() ==
        "asset `undeclared` does not declare input `day`");
  CHECK(plugin.materialize("sum", Given().input("day", "2024-01-01", {{"rows", "two"}})).error() ==
        "metadata `rows` of input `day` at `2024-01-01` is a text, want an integer");
}

TEST_CASE("the plugin object removes the directories it made") {
  std::string made;
  {
    Plugin plugin(entry_of<define_all>);
    const auto result = plugin.materialize("files");
    REQUIRE(result.ok());
    made = result.output_dir() + "/made.txt";
    CHECK(std::filesystem::exists(made));
  }
  CHECK_FALSE(std::filesystem::exists(made));
}

TEST_CASE_FIXTURE(Fixture, "a run may be used from a thread that is joined") {
  const auto result = plugin.materialize("threads");
  CHECK(result.metadata<int>("other") == 1);
  CHECK(result.metadata<int>("this") == 1);
}

TEST_CASE_FIXTURE(Fixture, "a check passes, or does not and says why") {
  CHECK(plugin.check("as_bool", "2024-01-02").passed());
  CHECK(plugin.check("as_bool", "2024-01-03").not_passed());
  const auto result = plugin.check("explained", "2024-01-02");
  CHECK(result.not_passed());
  CHECK(result.error() == "no rows on 2024-01-02");
  CHECK(plugin.check("explained", "2024-01-02", Given().input("day", "2024-01-02", {{"rows", 1}}))
            .passed());
}

TEST_CASE_FIXTURE(Fixture, "a mistake of the test itself is thrown") {
  CHECK_THROWS_AS(plugin.materialize("nobody"), std::invalid_argument);
  CHECK_THROWS_AS(plugin.materialize("grid", "2024-01-01|asia"), std::invalid_argument);
  CHECK_THROWS_AS(plugin.materialize("grid", "2024-01-01"), std::invalid_argument);
  CHECK_THROWS_AS(plugin.materialize("plain", "2024-01-01"), std::invalid_argument);
  CHECK_THROWS_AS(plugin.check("nothing"), std::invalid_argument);
}

TEST_CASE("functions that an older host lacks are errors or do nothing") {
  partita_run table{};
  table.size = 64;
  const Run run(&table);
  run.log("dropped");
  run.progress(0.5);
  CHECK_FALSE(run.cancelled());
  CHECK_THROWS_WITH_AS(run.output_dir(), "output directory: this host does not offer it",
                       partita::Failed);
  CHECK(run.config("limit", 3) == 3);
}
