#include "store/wipes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "partitions/key.hpp"

namespace partita {

namespace {

constexpr std::size_t kLongestBatch = 4096;

bool before(const WipeTarget* a, const WipeTarget* b) {
  if (const int by_asset = a->asset.compare(b->asset); by_asset != 0) return by_asset < 0;
  return a->identity < b->identity;
}

std::vector<const WipeTarget*> in_order(std::span<const WipeTarget> targets) {
  std::vector<const WipeTarget*> order;
  order.reserve(targets.size());
  for (const WipeTarget& target : targets) order.push_back(&target);
  std::sort(order.begin(), order.end(), before);
  return order;
}

std::size_t batch_length(std::span<const WipeTarget* const> rest) {
  const std::size_t most = std::min(rest.size(), kLongestBatch);
  std::size_t length = 1;
  while (length < most && rest[length]->asset == rest.front()->asset) ++length;
  return length;
}

WipeRecord record_of(const Rows& rows) {
  return {rows.integer(0), rows.integer(1), std::string(rows.text(2)),
          rows.integer(3), rows.integer(4), rows.integer(5)};
}

Error no_such_wipe(WipeId wipe) {
  return {ErrorCode::not_found, fmt::format("find wipe {}: there is none of that number", wipe),
          "partita wipe --list"};
}

}  // namespace

Result<WipeId> Wipes::next() {
  auto last = tables_.database.statement("SELECT max(id) FROM wipe").integer();
  if (!last) return std::move(last).error();
  return last->value_or(0) + 1;
}

Result<std::vector<WipeRecord>> Wipes::list() {
  std::vector<WipeRecord> wipes;
  Rows rows = tables_.database
                  .statement(
                      "SELECT id, at, selection, partitions, outputs, undone FROM wipe"
                      " ORDER BY id DESC")
                  .query();
  while (rows.next()) wipes.push_back(record_of(rows));
  if (!rows.status()) return rows.status().error();
  return wipes;
}

Result<WipeRecord> Wipes::find(WipeId wipe) {
  Rows rows = tables_.database
                  .statement(
                      "SELECT id, at, selection, partitions, outputs, undone FROM wipe"
                      " WHERE id = ?")
                  .query(wipe);
  if (rows.next()) return record_of(rows);
  if (!rows.status()) return rows.status().error();
  return no_such_wipe(wipe);
}

Status Wipes::wipe(std::string_view selection, std::span<const WipeTarget> targets,
                   std::int64_t at) {
  auto id = next();
  if (!id) return std::move(id).error();
  const auto order = in_order(targets);
  Targets rest = order;
  while (!rest.empty()) {
    const Targets batch = rest.first(batch_length(rest));
    rest = rest.subspan(batch.size());
    auto asset = tables_.names.find_asset(batch.front()->asset);
    if (!asset) return std::move(asset).error();
    if (!*asset) continue;
    auto wiped = wipe_batch({*id, std::string(selection), {}}, **asset, batch, at);
    if (!wiped) return wiped;
  }
  return {};
}

Status Wipes::wipe_batch(WipedPartitions wiped, AssetId asset, Targets targets, std::int64_t at) {
  for (const WipeTarget* target : targets) {
    auto known = tables_.states.known(asset, target->identity);
    if (!known) return std::move(known).error();
    if (!*known) continue;
    auto checks = tables_.checks.results(asset, target->identity);
    if (!checks) return std::move(checks).error();
    wiped.partitions.push_back(
        {target->identity, *std::move(*known), *std::move(checks), target->move});
  }
  if (wiped.partitions.empty()) return {};
  return append(EventKind::wiped, asset, wiped, at);
}

Status Wipes::undo(WipeId wipe, std::span<const WipeTarget> targets, std::int64_t at) {
  const auto order = in_order(targets);
  std::map<AssetId, std::vector<WipedPartition>> restored;
  auto read = for_each(wipe, [&](AssetId asset, const WipedPartition& wiped) -> Status {
    if (is_former(wiped.identity)) return {};
    auto name = tables_.names.asset_name(asset);
    if (!name) return std::move(name).error();
    const WipeTarget wanted{*std::move(name), wiped.identity, {}};
    const auto found = std::lower_bound(order.begin(), order.end(), &wanted, before);
    if (found == order.end() || before(&wanted, *found)) return {};
    WipedPartition partition = wiped;
    partition.move = (*found)->move;
    restored[asset].push_back(std::move(partition));
    return {};
  });
  if (!read) return read;
  for (auto& [asset, partitions] : restored) {
    if (auto done = restore(wipe, asset, std::move(partitions), at); !done) return done;
  }
  return {};
}

Status Wipes::restore(WipeId wipe, AssetId asset, std::vector<WipedPartition> partitions,
                      std::int64_t at) {
  WipedPartitions batch{wipe, {}, {}};
  for (WipedPartition& partition : partitions) {
    auto now = tables_.states.known(asset, partition.identity);
    if (!now) return std::move(now).error();
    if (*now && (*now)->materialized_seq) {
      return Error{ErrorCode::plan_moved,
                   fmt::format("undo wipe {}: a partition was materialized meanwhile", wipe),
                   "try again"};
    }
    if (*now) {
      (*now)->materialized_seq = partition.known.materialized_seq;
      partition.known = *std::move(*now);
    }
    batch.partitions.push_back(std::move(partition));
    if (batch.partitions.size() < kLongestBatch) continue;
    if (auto done = append(EventKind::wipe_undone, asset, batch, at); !done) return done;
    batch.partitions.clear();
  }
  if (batch.partitions.empty()) return {};
  return append(EventKind::wipe_undone, asset, batch, at);
}

Status Wipes::for_each(WipeId wipe,
                       const std::function<Status(AssetId, const WipedPartition&)>& visit) {
  Rows rows =
      tables_.database.statement("SELECT first_seq, last_seq FROM wipe WHERE id = ?").query(wipe);
  if (!rows.next()) return rows.status() ? Status(no_such_wipe(wipe)) : rows.status();
  return tables_.log.for_each_between(
      rows.integer(0), rows.integer(1), [&](const Event& event) -> Status {
        if (event.kind != EventKind::wiped) return {};
        auto wiped = decode_wiped(event.payload);
        if (!wiped || !event.asset) return damaged_event(tables_.database, event.seq);
        for (WipedPartition& partition : wiped->partitions) {
          if (auto named = bring_up(event, partition); !named) return named;
          if (auto visited = visit(*event.asset, partition); !visited) return visited;
        }
        return {};
      });
}

// Gives it the names of now, and its output the place.
Status Wipes::bring_up(const Event& event, WipedPartition& partition) {
  auto renames = tables_.renames.of(*event.asset);
  if (!renames) return std::move(renames).error();
  if (!(*renames)->any_after(event.seq)) return {};
  std::string& key = partition.known.key;
  if (key.empty()) key = partition.identity;
  const std::string before = key;
  (*renames)->bring_up(event.seq, partition.identity, key);
  if (partition.move) partition.move->staged = renamed_output(partition.move->staged, before, key);
  if (key == partition.identity) key.clear();
  return {};
}

Status Wipes::append(EventKind kind, AssetId asset, const WipedPartitions& wiped, std::int64_t at) {
  auto last = tables_.log.last_seq();
  if (!last) return std::move(last).error();
  const std::string payload = encode(wiped);
  Event event;
  event.seq = *last + 1;
  event.at = at;
  event.kind = kind;
  event.asset = asset;
  event.payload = payload;
  if (auto appended = tables_.log.append(event); !appended) return appended;
  return apply(event);
}

Status Wipes::apply(const Event& event) {
  const auto wiped = decode_wiped(event.payload);
  if (!wiped || !event.asset) return damaged_event(tables_.database, event.seq);
  for (const WipedPartition& partition : wiped->partitions) {
    auto applied = event.kind == EventKind::wiped ? apply_wiped(*event.asset, partition)
                                                  : apply_restored(*event.asset, partition);
    if (!applied) return applied;
    if (!partition.move) continue;
    if (auto added = tables_.outputs.add(*partition.move); !added) return added;
  }
  return count(event, *wiped);
}

Status Wipes::apply_wiped(AssetId asset, const WipedPartition& partition) {
  if (auto erased = tables_.states.erase(asset, partition.identity); !erased) return erased;
  return tables_.checks.erase(asset, partition.identity);
}

Status Wipes::apply_restored(AssetId asset, const WipedPartition& partition) {
  auto put = tables_.states.put(asset, partition.identity, partition.known);
  if (!put) return put;
  return tables_.checks.put(asset, partition.identity, partition.checks);
}

Status Wipes::count(const Event& event, const WipedPartitions& wiped) {
  const auto count = static_cast<std::int64_t>(wiped.partitions.size());
  if (event.kind == EventKind::wipe_undone) {
    return tables_.database.statement("UPDATE wipe SET undone = undone + ? WHERE id = ?")
        .run(count, wiped.wipe);
  }
  const auto outputs = std::count_if(wiped.partitions.begin(), wiped.partitions.end(),
                                     [](const auto& one) { return one.move.has_value(); });
  return tables_.database
      .statement(
          "INSERT INTO wipe VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 0)"
          " ON CONFLICT (id) DO UPDATE SET partitions = partitions + excluded.partitions,"
          " outputs = outputs + excluded.outputs, last_seq = excluded.last_seq")
      .run(wiped.wipe, event.at, wiped.selection, count, static_cast<std::int64_t>(outputs),
           event.seq);
}

}  // namespace partita
