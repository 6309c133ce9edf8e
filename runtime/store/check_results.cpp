#include "store/check_results.hpp"

namespace partita {

Status CheckResults::apply(AssetId asset, std::int64_t seq, const AttemptRecord& attempt) {
  for (const CheckRecord& check : attempt.checks) {
    auto kept =
        database_.statement("INSERT OR REPLACE INTO check_result VALUES (?, ?, ?, ?, ?)")
            .run(asset, check.name, attempt.identity, std::int64_t{check.passed ? 1 : 0}, seq);
    if (!kept) return kept;
  }
  return {};
}

// By the index: the table has a row for every partition.
Result<std::string> CheckResults::next_name(AssetId asset, std::string_view name) {
  Rows rows = database_
                  .statement(
                      "SELECT name FROM check_result WHERE asset = ? AND name > ?"
                      " ORDER BY name LIMIT 1")
                  .query(asset, name);
  std::string next;
  if (rows.next()) next = rows.text(0);
  if (!rows.status()) return rows.status().error();
  return next;
}

Result<CheckResults::Results> CheckResults::results(AssetId asset, std::string_view identity) {
  Results found;
  std::string name;
  for (;;) {
    auto next = next_name(asset, name);
    if (!next) return std::move(next).error();
    if (next->empty()) return found;
    name = *std::move(next);
    Rows rows = database_
                    .statement(
                        "SELECT passed, seq FROM check_result"
                        " WHERE asset = ? AND name = ? AND identity = ?")
                    .query(asset, name, identity);
    if (rows.next()) found.push_back({name, rows.integer(0) != 0, rows.integer(1)});
    if (!rows.status()) return rows.status().error();
  }
}

Status CheckResults::erase(AssetId asset, std::string_view identity) {
  auto found = results(asset, identity);
  if (!found) return std::move(found).error();
  for (const CheckResult& result : *found) {
    auto erased =
        database_
            .statement("DELETE FROM check_result WHERE asset = ? AND name = ? AND identity = ?")
            .run(asset, result.name, identity);
    if (!erased) return erased;
  }
  return {};
}

Status CheckResults::put(AssetId asset, std::string_view identity, const Results& results) {
  for (const CheckResult& result : results) {
    auto kept =
        database_.statement("INSERT OR IGNORE INTO check_result VALUES (?, ?, ?, ?, ?)")
            .run(asset, result.name, identity, std::int64_t{result.passed ? 1 : 0}, result.seq);
    if (!kept) return kept;
  }
  return {};
}

Status CheckResults::for_each_count(AssetId asset, const CheckCountVisitor& visit) {
  Rows rows = database_
                  .statement(
                      "SELECT name, sum(passed), count(*) - sum(passed) FROM check_result"
                      " WHERE asset = ? GROUP BY name")
                  .query(asset);
  while (rows.next()) visit(std::string(rows.text(0)), rows.integer(1), rows.integer(2));
  return rows.status();
}

}  // namespace partita
