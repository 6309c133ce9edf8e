#include "store/partition_states.hpp"

namespace partita {

namespace {

constexpr std::size_t kLongestReason = 300;

// Columns: identity, key, last, materialized_seq, last_seq, last_run, reason.
PartitionState state_of(const Rows& rows) {
  PartitionState state;
  state.identity = rows.text(0);
  state.key = rows.is_null(1) ? state.identity : std::string(rows.text(1));
  state.last = static_cast<Outcome>(rows.integer(2));
  state.materialized = !rows.is_null(3);
  state.last_seq = rows.integer(4);
  state.last_run = rows.integer(5);
  state.reason = rows.text(6);
  return state;
}

// Cut before a character of several bytes, not within.
std::string_view shortened(std::string_view line) {
  if (line.size() <= kLongestReason) return line;
  std::size_t end = kLongestReason;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0U) == 0x80U) --end;
  return line.substr(0, end);
}

}  // namespace

std::string one_line_reason(const AttemptRecord& attempt) {
  if (attempt.outcome == Outcome::materialized) return {};
  std::string_view text = attempt.reason;
  if (text.empty() && attempt.failure) text = attempt.failure->message;
  return std::string(shortened(text.substr(0, text.find('\n'))));
}

Result<PartitionStates::Before> PartitionStates::apply(AssetId asset, std::int64_t seq, RunId run,
                                                       const AttemptRecord& attempt) {
  const std::string reason = one_line_reason(attempt);
  const bool done = attempt.outcome == Outcome::materialized;
  std::optional<std::string_view> key;
  if (attempt.key != attempt.identity) key = attempt.key;
  std::optional<std::string_view> why;
  if (!reason.empty()) why = reason;
  std::optional<std::int64_t> done_seq;
  if (done) done_seq = seq;
  const auto last = static_cast<int>(attempt.outcome);

  // Most attempts are the first at their partition: one step into the tree is enough for those.
  auto inserted = database_
                      .statement(
                          "INSERT INTO partition_state VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                          " ON CONFLICT DO NOTHING")
                      .run(asset, attempt.identity, key, last, seq, run, done_seq, why);
  if (!inserted) return std::move(inserted).error();
  if (database_.changes() > 0) return Before{};
  auto before = find_before(asset, attempt.identity);
  if (!before) return before;
  auto updated = database_
                     .statement(
                         "UPDATE partition_state SET key = ?, last = ?, last_seq = ?, last_run = ?,"
                         " materialized_seq = coalesce(?, materialized_seq), reason = ?"
                         " WHERE asset = ? AND identity = ?")
                     .run(key, last, seq, run, done_seq, why, asset, attempt.identity);
  if (!updated) return std::move(updated).error();
  return before;
}

Result<PartitionStates::Before> PartitionStates::find_before(AssetId asset,
                                                             std::string_view identity) {
  Rows rows = database_
                  .statement(
                      "SELECT last, last_seq, last_run FROM partition_state"
                      " WHERE asset = ? AND identity = ?")
                  .query(asset, identity);
  Before before;
  if (rows.next()) {
    before = {true, static_cast<Outcome>(rows.integer(0)), rows.integer(1), rows.integer(2)};
  }
  if (!rows.status()) return rows.status().error();
  return before;
}

Result<std::optional<PartitionStates::Known>> PartitionStates::known(AssetId asset,
                                                                     std::string_view identity) {
  Rows rows = database_
                  .statement(
                      "SELECT key, last, last_seq, last_run, materialized_seq, reason"
                      " FROM partition_state WHERE asset = ? AND identity = ?")
                  .query(asset, identity);
  std::optional<Known> known;
  if (rows.next()) {
    known = Known{std::string(rows.text(0)),
                  static_cast<Outcome>(rows.integer(1)),
                  rows.integer(2),
                  rows.integer(3),
                  std::nullopt,
                  std::string(rows.text(5))};
    if (!rows.is_null(4)) known->materialized_seq = rows.integer(4);
  }
  if (!rows.status()) return rows.status().error();
  return known;
}

Result<std::int64_t> PartitionStates::counted(AssetId asset) {
  auto count = database_.statement("SELECT known FROM asset WHERE id = ?").integer(asset);
  if (!count) return std::move(count).error();
  return count->value_or(0);
}

Result<std::vector<StateCount>> PartitionStates::counted_by_state(AssetId asset) {
  Rows rows = database_
                  .statement(
                      "SELECT last, materialized_seq IS NOT NULL AS made, count(*)"
                      " FROM partition_state WHERE asset = ? GROUP BY last, made")
                  .query(asset);
  std::vector<StateCount> counts;
  while (rows.next())
    counts.push_back(
        {static_cast<Outcome>(rows.integer(0)), rows.integer(1) != 0, rows.integer(2)});
  if (!rows.status()) return rows.status().error();
  return counts;
}

Result<std::vector<KnownAsset>> PartitionStates::assets() {
  Rows rows =
      database_.statement("SELECT name, known FROM asset WHERE known > 0 ORDER BY name").query();
  std::vector<KnownAsset> assets;
  while (rows.next()) assets.push_back({std::string(rows.text(0)), rows.integer(1)});
  if (!rows.status()) return rows.status().error();
  return assets;
}

Status PartitionStates::count(AssetId asset, std::int64_t added) {
  if (added == 0) return {};
  return database_.statement("UPDATE asset SET known = known + ? WHERE id = ?").run(added, asset);
}

Status PartitionStates::erase(AssetId asset, std::string_view identity) {
  auto erased = database_.statement("DELETE FROM partition_state WHERE asset = ? AND identity = ?")
                    .run(asset, identity);
  if (!erased) return erased;
  return count(asset, -database_.changes());
}

Status PartitionStates::put(AssetId asset, std::string_view identity, const Known& known) {
  std::optional<std::string_view> key;
  if (!known.key.empty()) key = known.key;
  std::optional<std::string_view> why;
  if (!known.reason.empty()) why = known.reason;
  if (auto erased = erase(asset, identity); !erased) return erased;
  auto inserted = database_.statement("INSERT INTO partition_state VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                      .run(asset, identity, key, static_cast<int>(known.last), known.last_seq,
                           known.last_run, known.materialized_seq, why);
  return inserted ? count(asset, 1) : inserted;
}

// The table is in the order of whole identities: in a product they are looked at one by one.
Result<std::vector<std::string>> PartitionStates::having(AssetId asset, const KeySlots& slots,
                                                         std::string_view key) {
  std::vector<std::string> identities;
  Rows rows =
      slots.rank == 1
          ? database_
                .statement("SELECT identity FROM partition_state WHERE asset = ? AND identity = ?")
                .query(asset, key)
          : database_.statement("SELECT identity FROM partition_state WHERE asset = ?")
                .query(asset);
  while (rows.next()) {
    if (slots.have(rows.text(0), key)) identities.emplace_back(rows.text(0));
  }
  if (!rows.status()) return rows.status().error();
  return identities;
}

Result<std::optional<std::string>> PartitionStates::newest_materialized(AssetId asset) {
  Rows rows = database_
                  .statement(
                      "SELECT identity, max(materialized_seq) FROM partition_state"
                      " WHERE asset = ? AND materialized_seq IS NOT NULL")
                  .query(asset);
  std::optional<std::string> identity;
  if (rows.next() && !rows.is_null(1)) identity = rows.text(0);
  if (!rows.status()) return rows.status().error();
  return identity;
}

Result<std::optional<PartitionState>> PartitionStates::find(AssetId asset,
                                                            std::string_view identity) {
  Rows rows = database_
                  .statement(
                      "SELECT identity, key, last, materialized_seq, last_seq, last_run,"
                      " reason FROM partition_state WHERE asset = ? AND identity = ?")
                  .query(asset, identity);
  std::optional<PartitionState> state;
  if (rows.next()) state = state_of(rows);
  if (!rows.status()) return rows.status().error();
  return state;
}

Status PartitionStates::for_each(AssetId asset,
                                 const std::function<void(const PartitionState&)>& visit) {
  Rows rows = database_
                  .statement(
                      "SELECT identity, key, last, materialized_seq, last_seq, last_run,"
                      " reason FROM partition_state WHERE asset = ?")
                  .query(asset);
  while (rows.next()) visit(state_of(rows));
  return rows.status();
}

Result<std::vector<PartitionState>> PartitionStates::at_ends(AssetId asset, std::int64_t most) {
  std::vector<PartitionState> states;
  Rows first = database_
                   .statement(
                       "SELECT identity, key, last, materialized_seq, last_seq, last_run, reason"
                       " FROM partition_state WHERE asset = ? ORDER BY identity LIMIT ?")
                   .query(asset, most - most / 2);
  while (first.next()) states.push_back(state_of(first));
  if (!first.status()) return first.status().error();
  const std::string seen = states.empty() ? "" : states.back().identity;
  Rows last = database_
                  .statement(
                      "SELECT identity, key, last, materialized_seq, last_seq, last_run, reason"
                      " FROM partition_state WHERE asset = ? AND identity > ?"
                      " ORDER BY identity DESC LIMIT ?")
                  .query(asset, seen, most / 2);
  while (last.next()) states.push_back(state_of(last));
  if (!last.status()) return last.status().error();
  return states;
}

Status PartitionStates::for_each_outcome(
    AssetId asset,
    const std::function<void(std::string_view identity, Outcome last, bool materialized)>& visit) {
  Rows rows = database_
                  .statement(
                      "SELECT identity, last, materialized_seq FROM partition_state"
                      " WHERE asset = ? ORDER BY identity")
                  .query(asset);
  while (rows.next()) {
    visit(rows.text(0), static_cast<Outcome>(rows.integer(1)), !rows.is_null(2));
  }
  return rows.status();
}

Result<std::optional<std::int64_t>> PartitionStates::materialized_seq(AssetId asset,
                                                                      std::string_view identity) {
  return database_
      .statement("SELECT materialized_seq FROM partition_state WHERE asset = ? AND identity = ?")
      .integer(asset, identity);
}

}  // namespace partita
