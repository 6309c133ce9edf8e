// adhoc_request: the partition's key is the name of a request, a CSV file of one row whose empty
// cells ask for everything: start, end (exclusive), product, rep.
#include <cstdint>
#include <string>

#include "csv/csv.hpp"
#include "sales/assets.hpp"
#include "sales/warehouse.hpp"

namespace sales {
namespace {

struct Request {
  std::string start;
  std::string end;
  std::string product;
  std::string rep;
};

Request read_request(partita::Run& run) {
  const std::string key(run.partition());
  if (key.find('/') != std::string::npos || key.front() == '.') {
    run.fail("request `" + key + "` is not the name of a file in requests");
  }
  const auto path = run.resource("files").get("path") + "/requests/" + key + ".csv";
  const auto document = csv::Document::read(path, {"start", "end", "product", "rep"});
  const auto rows = document.rows();
  if (rows.size() != 1) {
    run.fail("request `" + key + "` has " + std::to_string(rows.size()) + " rows, want one");
  }
  const auto& row = rows.front();
  const auto date_or_empty = [&](const char* column) {
    return row.text(column).empty() ? std::string() : row.date(column);
  };
  return {date_or_empty("start"), date_or_empty("end"), row.text("product"), row.text("rep")};
}

void insert_answer(Warehouse& warehouse, const std::string& key, const Request& request) {
  warehouse.prepare("DELETE FROM adhoc_request WHERE request = ?").bind(key).run();
  warehouse
      .prepare(R"sql(
        INSERT INTO adhoc_request
        SELECT ?1, coalesce(product, 'unknown ' || product_id), coalesce(rep, 'unknown ' || rep_id),
               count(*), sum(quantity), sum(amount_cents)
        FROM joined_data
        WHERE (?2 = '' OR date >= ?2) AND (?3 = '' OR date < ?3)
          AND (?4 = '' OR product = ?4) AND (?5 = '' OR rep = ?5)
        GROUP BY 2, 3 ORDER BY 2, 3)sql")
      .bind(key, request.start, request.end, request.product, request.rep)
      .run();
}

}  // namespace

void answer_request(partita::Run& run) {
  const std::string key(run.partition());
  const auto request = read_request(run);
  Warehouse warehouse(run);
  warehouse.transaction([&] { insert_answer(warehouse, key, request); });

  auto select = warehouse.prepare(
      "SELECT product, rep, sales, revenue_cents FROM adhoc_request WHERE request = ? "
      "ORDER BY product, rep");
  select.bind(key);
  partita::Table preview({"product", "rep", "sales", "revenue"});
  std::int64_t revenue_cents = 0;
  while (select.step()) {
    revenue_cents += select.integer(3);
    preview.row(select.text(0), select.text(1), select.integer(2),
                static_cast<double>(select.integer(3)) / 100);
  }
  run.metadata("row_count", preview.row_count());
  run.metadata("revenue", static_cast<double>(revenue_cents) / 100);
  run.metadata("preview", preview);
}

}  // namespace sales
