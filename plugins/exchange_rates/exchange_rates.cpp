// Monthly exchange rates: a grid of country x month with holes, and what is summed up along each
// side.
//
// `rates` puts its rate into metadata and into no file; what depends on it reads the metadata.
#include <partita/plugin.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "exchange_rates/rate_file.hpp"

namespace exchange_rates {
namespace {

constexpr const char* kFirstMonth = "1971-01-01";

partita::Keys countries() {
  return partita::keys({
      "Australia",    "Austria",     "Belgium",        "Brazil",    "Canada",   "China",
      "Denmark",      "Euro",        "Finland",        "France",    "Germany",  "Greece",
      "Hong Kong",    "India",       "Ireland",        "Italy",     "Japan",    "Malaysia",
      "Mexico",       "Netherlands", "New Zealand",    "Norway",    "Portugal", "Singapore",
      "South Africa", "South Korea", "Spain",          "Sri Lanka", "Sweden",   "Switzerland",
      "Taiwan",       "Thailand",    "United Kingdom", "Venezuela",
  });
}

void find_rate(partita::Run& run, RateFileCache& cache) {
  const auto file = cache.get(run.resource("exchange_rates").get("csv"));
  const auto rate = file->find(run.key("country"), partita::date(run.window("month").start));
  if (!rate) run.skip("no rate");
  run.metadata("rate", *rate);
}

void summarize_country(partita::Run& run) {
  int count = 0;
  double least = 0, most = 0, sum = 0;
  for (const auto& month : run.input("rates")) {
    const auto rate = month.metadata<double>("rate");
    if (!rate) continue;
    least = count == 0 ? *rate : std::min(least, *rate);
    most = count == 0 ? *rate : std::max(most, *rate);
    sum += *rate;
    ++count;
  }
  if (count == 0) run.skip("no rate in any month");
  run.metadata("count", count);
  run.metadata("min", least);
  run.metadata("max", most);
  run.metadata("mean", sum / count);
}

// How much a year's last rate differs from its first, relative to it, as the mean over the
// countries.
void index_year(partita::Run& run) {
  struct Year {
    double first;
    double last;
  };
  std::map<std::string, Year> years;
  for (const auto& month : run.input("rates")) {
    const auto rate = month.metadata<double>("rate");
    if (!rate) continue;
    const auto place = years.emplace(month.key("country"), Year{*rate, *rate}).first;
    place->second.last = *rate;
  }
  if (years.empty()) run.skip("no rate in any country");
  double sum = 0;
  for (const auto& [country, year] : years) sum += year.last / year.first - 1;
  run.metadata("countries", years.size());
  run.metadata("mean_change", sum / static_cast<double>(years.size()));
}

partita::Table country_table(const partita::Run& run) {
  partita::Table table({"country", "months", "min", "mean", "max"});
  for (const auto& country : run.input("country_summary")) {
    if (!country.materialized()) continue;
    const auto number = [&](const char* name) {
      return country.metadata<double>(name).value_or(0);
    };
    table.row(country.key(), country.metadata<int>("count").value_or(0), number("min"),
              number("mean"), number("max"));
  }
  return table;
}

partita::Table year_table(const partita::Run& run) {
  partita::Table table({"year", "countries", "mean change"});
  for (const auto& year : run.input("yearly_index")) {
    if (!year.materialized()) continue;
    table.row(year.key(), year.metadata<int>("countries").value_or(0),
              year.metadata<double>("mean_change").value_or(0));
  }
  return table;
}

void write_world_report(partita::Run& run) {
  const auto by_country = country_table(run);
  const auto by_year = year_table(run);
  const auto path = run.output_dir() + "/world_report.md";
  std::ofstream file(path);
  file << "# Exchange rates\n\n" << by_country.markdown() << "\n" << by_year.markdown();
  file.close();
  if (!file) run.fail("write " + path);
  run.metadata("countries", by_country.row_count());
  run.metadata("years", by_year.row_count());
  run.metadata("report", partita::path(path));
}

}  // namespace
}  // namespace exchange_rates

PARTITA_PLUGIN(exchange_rates, defs) {
  using namespace exchange_rates;
  const auto cache = std::make_shared<RateFileCache>();

  defs.asset("rates")
      .group("exchange_rates")
      .kind("csv")
      .description("a country's exchange rate in a month, as metadata")
      .code_version("1")
      .by("country", countries())
      .by("month", partita::monthly(kFirstMonth).until("2026-07-01")) = [cache](partita::Run& run) {
    find_rate(run, *cache);
  };
  defs.asset("country_summary")
      .group("exchange_rates")
      .description("least, greatest and mean rate of a country")
      .code_version("1")
      .partitioned_by(countries())
      .from("rates", partita::multi_to_single("country")) = summarize_country;
  defs.asset("yearly_index")
      .group("exchange_rates")
      .description("how far rates moved in a year, as the mean over the countries")
      .code_version("1")
      .yearly(kFirstMonth, "2026-01-01")
      .from("rates", partita::multi_to_single("month", partita::time_window())) = index_year;
  defs.asset("world_report")
      .group("exchange_rates")
      .kind("markdown")
      .description("every country and year on one page, world_report.md")
      .code_version("1")
      .from("country_summary", partita::all())
      .from("yearly_index", partita::all()) = write_world_report;
}
