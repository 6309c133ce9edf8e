#include "store/event_log.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"

namespace partita {

namespace {

std::optional<std::int64_t> optional_integer(const Rows& rows, int column) {
  if (rows.is_null(column)) return std::nullopt;
  return rows.integer(column);
}

// Columns: seq, at, kind, run, asset, outcomes, payload.
Event event_of(const Rows& rows) {
  return {rows.integer(0),
          rows.integer(1),
          static_cast<EventKind>(rows.integer(2)),
          optional_integer(rows, 3),
          optional_integer(rows, 4),
          optional_integer(rows, 5),
          rows.blob(6)};
}

Status visit_all(Rows rows, const std::function<Status(const Event&)>& visit) {
  while (rows.next()) {
    if (auto visited = visit(event_of(rows)); !visited) return visited;
  }
  return rows.status();
}

}  // namespace

Result<std::int64_t> EventLog::last_seq() {
  auto last = database_.statement("SELECT max(seq) FROM event").integer();
  if (!last) return std::move(last).error();
  return last->value_or(0);
}

Status EventLog::append(const Event& event) {
  return database_.statement("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(event.seq, event.at, static_cast<int>(event.kind), event.run, event.asset,
           event.outcomes, Blob{event.payload});
}

Status EventLog::for_each(const std::function<Status(const Event&)>& visit) {
  return visit_all(database_
                       .statement("SELECT seq, at, kind, run, asset, outcomes, payload FROM event"
                                  " ORDER BY seq")
                       .query(),
                   visit);
}

Status EventLog::for_each_of_asset(std::int64_t asset, std::int64_t after, Which which,
                                   const std::function<Status(const Event&)>& visit) {
  const int attempts = static_cast<int>(EventKind::attempts);
  const bool wipes = which == Which::attempts_and_wipes;
  return visit_all(
      database_
          .statement("SELECT seq, at, kind, run, asset, outcomes, payload FROM event"
                     " WHERE asset = ? AND seq > ? AND kind IN (?, ?, ?) ORDER BY seq")
          .query(asset, after, attempts, wipes ? static_cast<int>(EventKind::wiped) : attempts,
                 wipes ? static_cast<int>(EventKind::wipe_undone) : attempts),
      visit);
}

Result<bool> EventLog::is_changed(std::int64_t asset, std::int64_t after) {
  auto found = database_
                   .statement(
                       "SELECT seq FROM event WHERE asset = ? AND seq > ?"
                       " AND kind NOT IN (?, ?) LIMIT 1")
                   .integer(asset, after, static_cast<int>(EventKind::attempts),
                            static_cast<int>(EventKind::checks));
  if (!found) return std::move(found).error();
  return found->has_value();
}

Result<std::optional<std::int64_t>> EventLog::newest_removal(std::string_view set) {
  Rows rows = database_.statement("SELECT seq, payload FROM event WHERE kind = ? ORDER BY seq DESC")
                  .query(static_cast<int>(EventKind::keys_removed));
  std::optional<std::int64_t> newest;
  while (!newest && rows.next()) {
    ByteReader in(rows.blob(1));
    if (in.text() == set) newest = rows.integer(0);
  }
  if (!rows.status()) return rows.status().error();
  return newest;
}

Status EventLog::for_each_between(std::int64_t first, std::int64_t last,
                                  const std::function<Status(const Event&)>& visit) {
  return visit_all(database_
                       .statement("SELECT seq, at, kind, run, asset, outcomes, payload FROM event"
                                  " WHERE seq BETWEEN ? AND ? ORDER BY seq")
                       .query(first, last),
                   visit);
}

Status EventLog::for_each_of_sets(std::int64_t after, std::int64_t last,
                                  const std::function<Status(const Event&)>& visit) {
  return visit_all(database_
                       .statement("SELECT seq, at, kind, run, asset, outcomes, payload FROM event"
                                  " WHERE seq > ? AND seq <= ? AND kind IN (?, ?, ?)"
                                  " AND asset IS NULL ORDER BY seq")
                       .query(after, last, static_cast<int>(EventKind::keys_added),
                              static_cast<int>(EventKind::keys_removed),
                              static_cast<int>(EventKind::key_renamed)),
                   visit);
}

Status EventLog::for_each_of_run(RunId run, std::int64_t outcomes,
                                 const std::function<bool(const Event&)>& visit) {
  Rows rows = database_
                  .statement(
                      "SELECT seq, at, kind, run, asset, outcomes, payload FROM event"
                      " WHERE run = ? AND outcomes & ? ORDER BY seq")
                  .query(run, outcomes);
  while (rows.next()) {
    if (!visit(event_of(rows))) return {};
  }
  return rows.status();
}

Result<std::optional<std::int64_t>> EventLog::newest_of_asset(std::int64_t asset,
                                                              std::int64_t outcomes) {
  return database_
      .statement("SELECT seq FROM event WHERE asset = ? AND outcomes & ? ORDER BY seq DESC LIMIT 1")
      .integer(asset, outcomes);
}

Result<std::string> EventLog::payload(std::int64_t seq) {
  Rows rows = database_.statement("SELECT payload FROM event WHERE seq = ?").query(seq);
  std::string found;
  if (rows.next()) found = rows.blob(0);
  if (!rows.status()) return rows.status().error();
  return found;
}

Result<std::optional<RunId>> EventLog::run_of(std::int64_t seq) {
  return database_.statement("SELECT run FROM event WHERE seq = ?").integer(seq);
}

Error damaged_event(const Database& database, std::int64_t seq) {
  return {ErrorCode::damaged, fmt::format("read {}: event {} is damaged", database.name(), seq),
          kHintAtDamage};
}

}  // namespace partita
