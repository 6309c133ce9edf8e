#include "store/check_results.hpp"

namespace partita {

Status CheckResults::apply(AssetId asset, const AttemptRecord& attempt) {
  for (const CheckRecord& check : attempt.checks) {
    auto kept = database_.statement("INSERT OR REPLACE INTO check_result VALUES (?, ?, ?, ?)")
                    .run(asset, check.name, attempt.identity, std::int64_t{check.passed ? 1 : 0});
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
