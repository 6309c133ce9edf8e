#include <doctest/doctest.h>
#include <partita/testing.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "exchange_rates/rate_file.hpp"

extern "C" const partita_plugin* partita_entry_v1(const partita_host*);

using exchange_rates::RateFileCache;
using partita::testing::Given;
using partita::testing::Plugin;

namespace {

struct Fixture {
  Fixture() : directory(partita::detail::make_temporary_directory()) {
    write(
        "Date,Country,Exchange rate\n2024-01-01,Japan,100\n2024-02-01,Japan,\n"
        "2024-03-01,Japan,125\n2024-01-01,Sri Lanka,300\n");
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() { std::filesystem::remove_all(directory); }

  std::string path() const { return (directory / "rates.csv").string(); }
  void write(const std::string& text) const { std::ofstream(path()) << text; }
  Given given() const { return Given().resource("exchange_rates", "csv", path()); }

  std::filesystem::path directory;
  Plugin plugin{partita_entry_v1};
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a rate is metadata") {
  const auto result = plugin.materialize("rates", "Japan|2024-01-01", given());
  REQUIRE_MESSAGE(result.ok(), result.error());
  CHECK(result.metadata<double>("rate") == 100);
}

TEST_CASE_FIXTURE(Fixture,
                  "a hole in the data, an empty cell or a country without rows, is skipped") {
  for (const char* key : {"Japan|2024-02-01", "Japan|1971-01-01", "Euro|2024-01-01"}) {
    CAPTURE(key);
    const auto result = plugin.materialize("rates", key, given());
    CHECK(result.skipped());
    CHECK(result.error() == "no rate");
  }
}

TEST_CASE_FIXTURE(Fixture, "a missing file and a bad rate are errors with names") {
  write("Date,Country,Exchange rate\n2024-01-01,Japan,-1\n");
  CHECK(plugin.materialize("rates", "Japan|2024-01-01", given()).error() ==
        "rates.csv:2: Exchange rate `-1` is not above zero");
  std::filesystem::remove(path());
  CHECK(plugin.materialize("rates", "Japan|2024-01-01", given()).error() ==
        "open " + path() + ": No such file or directory");
}

TEST_CASE_FIXTURE(Fixture, "a file is parsed once, and again when it changed") {
  RateFileCache cache;
  const auto first = cache.get(path());
  CHECK(cache.get(path()) == first);
  write("Date,Country,Exchange rate\n2024-01-01,Japan,7\n");
  const auto second = cache.get(path());
  CHECK(second != first);
  CHECK(second->find("Japan", "2024-01-01") == 7);
  CHECK(first->find("Japan", "2024-01-01") == 100);
}

TEST_CASE_FIXTURE(Fixture, "a country is summed up over the months that have a rate") {
  const auto result =
      plugin.materialize("country_summary", "Japan",
                         Given()
                             .input("rates", "Japan|2024-01-01", {{"rate", 100.0}})
                             .missing_input("rates", "Japan|2024-02-01")
                             .input("rates", "Japan|2024-03-01", {{"rate", 125.0}}));
  REQUIRE_MESSAGE(result.ok(), result.error());
  CHECK(result.metadata<int>("count") == 2);
  CHECK(result.metadata<double>("min") == 100);
  CHECK(result.metadata<double>("max") == 125);
  CHECK(result.metadata<double>("mean") == 112.5);
  CHECK(plugin.materialize("country_summary", "Japan").skipped());
}

TEST_CASE_FIXTURE(Fixture, "a year is the mean change of its countries") {
  const auto result = plugin.materialize("yearly_index", "2024-01-01",
                                         Given()
                                             .input("rates", "Japan|2024-01-01", {{"rate", 100.0}})
                                             .input("rates", "Japan|2024-12-01", {{"rate", 150.0}})
                                             .input("rates", "Sweden|2024-01-01", {{"rate", 8.0}})
                                             .input("rates", "Sweden|2024-12-01", {{"rate", 4.0}}));
  REQUIRE_MESSAGE(result.ok(), result.error());
  CHECK(result.metadata<int>("countries") == 2);
  CHECK(result.metadata<double>("mean_change") == 0.0);
}

TEST_CASE_FIXTURE(Fixture, "thousands of upstream partitions are one input") {
  Given given;
  for (int year = 1971; year < 2026; ++year) {
    for (int month = 1; month <= 12; ++month) {
      const auto key = "Japan|" + std::to_string(year) + (month < 10 ? "-0" : "-") +
                       std::to_string(month) + "-01";
      given.input("rates", key, {{"rate", 2.0}});
    }
  }
  CHECK(plugin.materialize("country_summary", "Japan", given).metadata<int>("count") == 660);
}

TEST_CASE_FIXTURE(Fixture, "the world report shows what was materialized") {
  const auto result = plugin.materialize(
      "world_report",
      Given()
          .input("country_summary", "Japan", {{"count", 2}, {"min", 1.0}, {"mean", 1.5}})
          .missing_input("country_summary", "Euro")
          .input("yearly_index", "2024-01-01", {{"countries", 1}, {"mean_change", 0.25}}));
  REQUIRE_MESSAGE(result.ok(), result.error());
  CHECK(result.metadata<int>("countries") == 1);
  std::ifstream file(result.output_dir() + "/world_report.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  CHECK(page.find("| Japan | 2 | 1 | 1.5 | 0 |") != std::string::npos);
  CHECK(page.find("| 2024-01-01 | 1 | 0.25 |") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "the rates of the sample project are read") {
  const auto sample = std::string(PARTITA_SOURCE_DIR) + "/sample_project/data/exchange_rates.csv";
  const auto given = Given().resource("exchange_rates", "csv", sample);
  CHECK(plugin.materialize("rates", "Euro|2025-12-01", given).ok());
  CHECK(plugin.materialize("rates", "Brazil|2024-05-01", given).skipped());
}
