// The exchange_rates plugin: a country x month grid with holes, and what is summed up along each
// side, compared with what the sqlite3 shell makes of the same CSV.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/sandbox.hpp"

namespace fs = std::filesystem;
using partita::Json;
using partita::tests::CommandResult;
using partita::tests::Sandbox;
using partita::tests::shell;

namespace {

// Holes are rows that are not there and cells that are empty.
const std::string kRates = "FROM rates WHERE \\\"Exchange rate\\\" <> ''";

std::string project_toml(const fs::path& csv) {
  return "definitions = [\"definitions\"]\n[resources.exchange_rates]\ncsv = \"" + csv.string() +
         "\"\n";
}

double query(const fs::path& csv, const std::string& sql) {
  const std::string text = shell("sqlite3 :memory: '.mode csv' '.import \"" + csv.string() +
                                 "\" rates' \"" + sql + "\"");
  return std::strtod(text.c_str(), nullptr);
}

double metadata(const Sandbox& project, const std::string& run, const std::string& asset,
                const std::string& key, const std::string& name) {
  const Json answer = project.json({"run", run, "--limit", "0"});
  for (const Json& one : answer["partitions"].as_array()) {
    if (one["asset"].as_string() == asset && one["key"].as_string() == key)
      return one["metadata"][name]["value"].as_double();
  }
  return std::nan("");
}

// The real series where they are beside the tree, else nothing.
fs::path real_data() {
  const fs::path file =
      fs::path(PARTITA_SOURCE_DIR) / ".." / "shared" / "data" / "exchange_rates_monthly.csv";
  std::error_code failed;
  return fs::exists(file, failed) ? fs::canonical(file) : fs::path();
}

void check_country(const Sandbox& project, const fs::path& csv, const std::string& country) {
  CAPTURE(country);
  const std::string from = kRates + " AND Country='" + country + "'";
  const std::string run = "last";
  CHECK(metadata(project, run, "country_summary", country, "count") ==
        query(csv, "SELECT count(*) " + from));
  CHECK(metadata(project, run, "country_summary", country, "mean") ==
        doctest::Approx(query(csv, "SELECT avg(\\\"Exchange rate\\\") " + from)).epsilon(1e-9));
  CHECK(metadata(project, run, "country_summary", country, "max") ==
        doctest::Approx(query(csv, "SELECT max(cast(\\\"Exchange rate\\\" as real)) " + from))
            .epsilon(1e-9));
}

}  // namespace

TEST_CASE("the sample's rates: holes are skipped, sums agree with the sqlite3 shell") {
  const fs::path csv =
      fs::path(PARTITA_SOURCE_DIR) / "sample_project" / "data" / "exchange_rates.csv";
  Sandbox project(project_toml(csv));
  project.add_plugin("exchange_rates");
  const Json rates = project.json({"materialize", "rates@month=2024-01-01..2025-12-01"});
  CHECK(rates["result"].as_string() == "success");
  CHECK(static_cast<double>(rates["counts"]["materialized"].as_int()) ==
        query(csv, "SELECT count(*) " + kRates));
  CHECK(rates["counts"]["skipped"].as_int() == 34 * 24 - rates["counts"]["materialized"].as_int());
  CHECK(
      project.json({"materialize", "yearly_index@2024-01-01..2025-01-01"})["result"].as_string() ==
      "success");
  CHECK(metadata(project, "last", "yearly_index", "2024-01-01", "countries") ==
        query(csv, "SELECT count(DISTINCT Country) " + kRates + " AND Date LIKE '2024%'"));
  const Json summary =
      project.json({"materialize", "country_summary@Japan", "--allow-missing-upstream"});
  CHECK(summary["result"].as_string() == "success");
  check_country(project, csv, "Japan");
}

TEST_CASE("the real series: every country's summary agrees with the sqlite3 shell") {
  const fs::path csv = real_data();
  if (csv.empty()) {
    MESSAGE("skipped: the real exchange rates are not beside the tree");
    return;
  }
  Sandbox project(project_toml(csv));
  project.add_plugin("exchange_rates");
  const Json rates = project.json({"materialize", "rates", "--all"});
  CHECK(rates["counts"]["failed"].as_int() == 0);
  CHECK(static_cast<double>(rates["counts"]["materialized"].as_int()) ==
        query(csv, "SELECT count(*) " + kRates));
  CHECK(project.json({"materialize", "country_summary", "--all"})["result"].as_string() ==
        "success");
  for (const char* country : {"Japan", "Euro", "Venezuela", "United Kingdom"})
    check_country(project, csv, country);
  CHECK(project.json({"materialize", "yearly_index or world_report", "--all"})["result"]
            .as_string() == "success");
  CHECK(project.exists(".partita/outputs/world_report/all/world_report.md"));
}
