#include "store/check_results.hpp"

#include <algorithm>

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

Status CheckResults::forget_others(AssetId asset, const AttemptRecord& attempt) {
  auto found = results(asset, attempt.identity);
  if (!found) return std::move(found).error();
  for (const CheckResult& result : *found) {
    const bool is_new =
        std::any_of(attempt.checks.begin(), attempt.checks.end(),
                    [&](const CheckRecord& check) { return check.name == result.name; });
    if (is_new) continue;
    if (auto erased = erase(asset, attempt.identity, result.name); !erased) return erased;
  }
  return {};
}

Result<bool> CheckResults::has_any(AssetId asset) {
  auto any =
      database_.statement("SELECT 1 FROM check_result WHERE asset = ? LIMIT 1").integer(asset);
  if (!any) return std::move(any).error();
  return any->has_value();
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
    if (auto erased = erase(asset, identity, result.name); !erased) return erased;
  }
  return {};
}

Status CheckResults::erase(AssetId asset, std::string_view identity, std::string_view name) {
  return database_
      .statement("DELETE FROM check_result WHERE asset = ? AND name = ? AND identity = ?")
      .run(asset, name, identity);
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

Status CheckResults::for_each(AssetId asset, const CheckResultVisitor& visit) {
  Rows rows = database_.statement("SELECT identity, name, passed FROM check_result WHERE asset = ?")
                  .query(asset);
  while (rows.next()) visit(rows.text(0), rows.text(1), rows.integer(2) != 0);
  return rows.status();
}

Status CheckResults::for_each_not_passed(AssetId asset, const CheckResultVisitor& visit) {
  Rows rows = database_
                  .statement(
                      "SELECT identity, name FROM check_result INDEXED BY check_not_passed"
                      " WHERE asset = ? AND passed = 0")
                  .query(asset);
  while (rows.next()) visit(rows.text(0), rows.text(1), false);
  return rows.status();
}

}  // namespace partita
