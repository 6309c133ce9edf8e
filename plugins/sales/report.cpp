// report: one page about every partition of the assets above, from their metadata alone.
#include <fstream>
#include <string>

#include "sales/assets.hpp"

namespace sales {
namespace {

struct Section {
  partita::Table table;
  double revenue = 0;
};

Section section(const partita::Run& run, const char* asset) {
  Section result{partita::Table({"partition", "rows", "revenue"})};
  for (const auto& partition : run.input(asset)) {
    if (!partition.materialized()) continue;
    const auto revenue = partition.metadata<double>("revenue").value_or(0);
    result.revenue += revenue;
    result.table.row(partition.key(), partition.metadata<int>("row_count").value_or(0), revenue);
  }
  return result;
}

}  // namespace

void write_report(partita::Run& run) {
  const auto path = run.output_dir() + "/report.md";
  std::ofstream file(path);
  file << "# Sales\n";
  for (const char* asset :
       {"monthly_sales_performance", "product_performance", "category_month", "adhoc_request"}) {
    const auto part = section(run, asset);
    file << "\n## " << asset << "\n\n" << part.table.markdown();
    run.metadata(std::string(asset) + "_partitions", part.table.row_count());
    run.metadata(std::string(asset) + "_revenue", part.revenue);
  }
  file.close();
  if (!file) run.fail("write " + path);
  run.metadata("report", partita::path(path));
}

}  // namespace sales
