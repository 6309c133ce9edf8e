// Sums over joined_data, one partition at a time: its earlier rows go, and the new ones come, in
// one transaction.
#include <cstdint>
#include <string>

#include "sales/assets.hpp"
#include "sales/warehouse.hpp"

namespace sales {
namespace {

// The rows that `select` gives: a label, sales, quantity and revenue.
void show(partita::Run& run, const char* label, Statement& select) {
  partita::Table preview({label, "sales", "quantity", "revenue"});
  std::int64_t revenue_cents = 0;
  while (select.step()) {
    revenue_cents += select.integer(3);
    preview.row(select.text(0), select.integer(1), select.integer(2),
                static_cast<double>(select.integer(3)) / 100);
  }
  run.metadata("row_count", preview.row_count());
  run.metadata("revenue", static_cast<double>(revenue_cents) / 100);
  run.metadata("preview", preview);
}

}  // namespace

void sum_month(partita::Run& run) {
  const std::string month = partita::date(run.window().start);
  const std::string end = partita::date(run.window().end);
  Warehouse warehouse(run);
  warehouse.transaction([&] {
    warehouse.prepare("DELETE FROM monthly_sales_performance WHERE month = ?").bind(month).run();
    warehouse
        .prepare(R"sql(
          INSERT INTO monthly_sales_performance
          SELECT ?1, coalesce(rep, 'unknown ' || rep_id), min(region), count(*), sum(quantity),
                 sum(amount_cents)
          FROM joined_data WHERE date >= ?1 AND date < ?2 GROUP BY 2 ORDER BY 2)sql")
        .bind(month, end)
        .run();
  });
  auto select = warehouse.prepare(
      "SELECT rep, sales, quantity, revenue_cents FROM monthly_sales_performance "
      "WHERE month = ? ORDER BY rep");
  show(run, "rep", select.bind(month));
}

void sum_category(partita::Run& run) {
  const std::string category(run.partition());
  Warehouse warehouse(run);
  warehouse.transaction([&] {
    warehouse.prepare("DELETE FROM product_performance WHERE category = ?").bind(category).run();
    warehouse
        .prepare(R"sql(
          INSERT INTO product_performance
          SELECT category, product, count(*), sum(quantity), sum(amount_cents)
          FROM joined_data WHERE category = ? GROUP BY product ORDER BY product)sql")
        .bind(category)
        .run();
  });
  auto select = warehouse.prepare(
      "SELECT product, sales, quantity, revenue_cents FROM product_performance "
      "WHERE category = ? ORDER BY product");
  show(run, "product", select.bind(category));
}

void sum_category_month(partita::Run& run) {
  const std::string category(run.key("category"));
  const std::string month = partita::date(run.window("month").start);
  const std::string end = partita::date(run.window("month").end);
  Warehouse warehouse(run);
  warehouse.transaction([&] {
    warehouse.prepare("DELETE FROM category_month WHERE category = ? AND month = ?")
        .bind(category, month)
        .run();
    warehouse
        .prepare(R"sql(
          INSERT INTO category_month
          SELECT ?1, ?2, count(*), coalesce(sum(quantity), 0), coalesce(sum(amount_cents), 0)
          FROM joined_data WHERE category = ?1 AND date >= ?2 AND date < ?3)sql")
        .bind(category, month, end)
        .run();
  });
  auto select = warehouse.prepare(
      "SELECT category, sales, quantity, revenue_cents FROM category_month "
      "WHERE category = ? AND month = ?");
  show(run, "category", select.bind(category, month));
}

}  // namespace sales
