// The pipeline of the tutorial: CSV files into a warehouse, joined, and summed up in several ways.
#include <partita/plugin.hpp>

#include "sales/assets.hpp"

namespace {

constexpr const char* kFirstMonth = "2024-01-01";
constexpr const char* kEnd = "2026-01-01";

partita::Keys categories() {
  return partita::keys({"Electronics", "Books", "Home and Garden", "Clothing"});
}

// What writes the warehouse takes a slot of its pool.
partita::Asset& table(partita::Definitions& defs, const char* name) {
  return defs.asset(name).kind("sqlite").pool("warehouse").code_version("1");
}

void define_sources(partita::Definitions& defs) {
  table(defs, "products")
      .group("sources")
      .kind("csv")
      .description("what is sold, from products.csv") = sales::load_products;
  table(defs, "sales_reps")
      .group("sources")
      .kind("csv")
      .description("who sells, from sales_reps.csv") = sales::load_sales_reps;
  table(defs, "sales_data")
      .group("sources")
      .kind("csv")
      .description("each sale, from sales_data.csv") = sales::load_sales_data;
  table(defs, "joined_data")
      .group("sources")
      .description("each sale with its product and sales rep")
      .from("products")
      .from("sales_reps")
      .from("sales_data") = sales::join_data;
  defs.check("missing_dimension_check")
      .on("joined_data")
      .severity(partita::warning)
      .description("every sale has a known product and sales rep") = sales::check_dimensions;
}

void define_performance(partita::Definitions& defs) {
  table(defs, "monthly_sales_performance")
      .group("analysis")
      .description("a month's sales by sales rep")
      .monthly(kFirstMonth, kEnd)
      .from("joined_data") = sales::sum_month;
  table(defs, "product_performance")
      .group("analysis")
      .description("a category's sales by product")
      .partitioned_by(categories())
      .from("joined_data") = sales::sum_category;
  table(defs, "category_month")
      .group("analysis")
      .description("a category's sales in a month")
      .by("category", categories())
      .by("month", partita::monthly(kFirstMonth).until(kEnd))
      .from("joined_data") = sales::sum_category_month;
  table(defs, "adhoc_request")
      .group("analysis")
      .description("the answer to requests/KEY.csv")
      .dynamic("requests")
      .from("joined_data") = sales::answer_request;
}

}  // namespace

PARTITA_PLUGIN(sales, defs) {
  define_sources(defs);
  define_performance(defs);
  defs.asset("report")
      .group("reports")
      .kind("markdown")
      .description("all of it on one page, report.md")
      .code_version("1")
      .from("monthly_sales_performance")
      .from("product_performance")
      .from("category_month")
      .from("adhoc_request") = sales::write_report;
}
