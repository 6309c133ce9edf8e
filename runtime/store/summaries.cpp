#include "store/summaries.hpp"

namespace partita {

Result<std::optional<StoredSummary>> read_summary(Database& database, SummaryKind kind,
                                                  AssetId asset) {
  std::optional<StoredSummary> none;
  Rows rows =
      database.statement("SELECT seq, space, stretches FROM summary WHERE asset = ? AND kind = ?")
          .query(asset, static_cast<int>(kind));
  const bool found = rows.next();
  if (!rows.status()) return rows.status().error();
  if (!found) return none;
  auto print = SpacePrint::decode(rows.blob(1));
  if (!print) return none;
  return std::optional(
      StoredSummary{rows.integer(0), std::move(*print), std::string(rows.blob(2))});
}

void keep_summary(Database& database, SummaryKind kind, AssetId asset,
                  const StoredSummary& summary) {
  database.set_patience(0);
  auto transaction = Transaction::write(database, Transaction::Durability::relaxed);
  database.set_patience(kPatience);
  if (!transaction) return;
  const std::string print = summary.space.encode();
  auto written =
      database
          .statement(
              "INSERT INTO summary VALUES (?, ?, ?, ?, ?)"
              " ON CONFLICT (asset, kind) DO UPDATE SET seq = excluded.seq,"
              " space = excluded.space, stretches = excluded.stretches"
              " WHERE excluded.seq >= seq")
          .run(asset, static_cast<int>(kind), summary.seq, Blob{print}, Blob{summary.stretches});
  if (written) static_cast<void>(transaction->commit());
}

}  // namespace partita
