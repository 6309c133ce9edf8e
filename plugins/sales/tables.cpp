// The tables that are loaded from CSV files, and their join. Each is replaced as a whole.
#include <cmath>
#include <string>
#include <vector>

#include "csv/csv.hpp"
#include "sales/assets.hpp"
#include "sales/warehouse.hpp"

namespace sales {
namespace {

csv::Document read(const partita::Run& run, const char* file,
                   const std::vector<std::string>& columns) {
  return csv::Document::read(run.resource("files").get("path") + "/" + file, columns);
}

std::int64_t cents(const csv::Row& row, const char* column) {
  return std::llround(row.number(column) * 100);
}

// Inserts each row by `bind`, which gives a statement its parameters.
template <class Bind>
void replace(partita::Run& run, const std::string& table, const char* parameters,
             const csv::Document& document, const Bind& bind) {
  const auto rows = document.rows();
  Warehouse warehouse(run);
  warehouse.transaction([&] {
    warehouse.prepare("DELETE FROM " + table).run();
    auto insert = warehouse.prepare("INSERT INTO " + table + " VALUES " + parameters);
    for (const auto& row : rows) {
      run.throw_if_cancelled();
      bind(insert, row);
      insert.run();
    }
  });
  run.metadata("row_count", rows.size());
}

std::int64_t count(Warehouse& warehouse, const char* sql) {
  auto statement = warehouse.prepare(sql);
  statement.step();
  return statement.integer(0);
}

}  // namespace

void load_products(partita::Run& run) {
  const auto products =
      read(run, "products.csv", {"product_id", "name", "category", "price", "supplier"});
  replace(run, "products", "(?, ?, ?, ?, ?)", products, [](Statement& insert, const csv::Row& row) {
    insert.bind(row.text("product_id"), row.text("name"), row.text("category"), cents(row, "price"),
                row.text("supplier"));
  });
}

void load_sales_reps(partita::Run& run) {
  const auto reps = read(run, "sales_reps.csv", {"rep_id", "name", "region", "phone"});
  replace(run, "sales_reps", "(?, ?, ?, ?)", reps, [](Statement& insert, const csv::Row& row) {
    insert.bind(row.text("rep_id"), row.text("name"), row.text("region"), row.text("phone"));
  });
}

void load_sales_data(partita::Run& run) {
  const auto data = read(run, "sales_data.csv",
                         {"sale_id", "date", "product_id", "rep_id", "quantity", "amount", "note"});
  replace(run, "sales_data", "(?, ?, ?, ?, ?, ?, ?)", data,
          [](Statement& insert, const csv::Row& row) {
            insert.bind(row.integer("sale_id"), row.date("date"), row.text("product_id"),
                        row.text("rep_id"), row.integer("quantity"), cents(row, "amount"),
                        row.text("note"));
          });
}

void join_data(partita::Run& run) {
  Warehouse warehouse(run);
  warehouse.transaction([&] {
    warehouse.prepare("DELETE FROM joined_data").run();
    warehouse
        .prepare(R"sql(
          INSERT INTO joined_data
          SELECT sale_id, date, product_id, products.name, category, rep_id, sales_reps.name, region,
                 quantity, amount_cents
          FROM sales_data LEFT JOIN products USING (product_id) LEFT JOIN sales_reps USING (rep_id)
          ORDER BY sale_id)sql")
        .run();
  });
  run.metadata("row_count", count(warehouse, "SELECT count(*) FROM joined_data"));
}

partita::CheckResult check_dimensions(partita::Run& run) {
  Warehouse warehouse(run);
  const auto products = count(warehouse, "SELECT count(*) FROM joined_data WHERE product IS NULL");
  const auto reps = count(warehouse, "SELECT count(*) FROM joined_data WHERE rep IS NULL");
  run.metadata("without_product", products);
  run.metadata("without_sales_rep", reps);
  return partita::passed(products == 0 && reps == 0)
      .because("sales of an unknown product: " + std::to_string(products) +
               ", by an unknown sales rep: " + std::to_string(reps));
}

}  // namespace sales
