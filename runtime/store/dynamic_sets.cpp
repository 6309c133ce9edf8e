#include "store/dynamic_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "store/prefixes.hpp"

namespace partita {

namespace {

std::vector<std::uint32_t> order_of(const std::vector<std::int64_t>& ordinals) {
  std::vector<std::uint32_t> order(ordinals.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return ordinals[a] < ordinals[b]; });
  return order;
}

// Puts at each place the key from place `order[place]`. In place: a million keys are most of what a
// command has in memory.
void arrange(std::vector<std::string>& keys, std::vector<std::uint32_t> order) {
  for (std::uint32_t start = 0; start < order.size(); ++start) {
    std::string first = std::move(keys[start]);
    std::uint32_t place = start;
    while (order[place] != start) {
      const std::uint32_t from = std::exchange(order[place], place);
      keys[place] = std::move(keys[from]);
      place = from;
    }
    order[place] = place;
    keys[place] = std::move(first);
  }
}

// Positions in `keys` in the order of the keys, so that the tree is written from left to right; of
// equal keys the first comes first.
std::vector<std::size_t> in_key_order(std::span<const std::string> keys) {
  std::vector<std::size_t> order(keys.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int compared = keys[a].compare(keys[b]);
    return compared != 0 ? compared < 0 : a < b;
  });
  return order;
}

Error absent_key(std::string_view verb, std::string_view set, std::string_view key) {
  return {ErrorCode::not_found,
          fmt::format("{} key `{}` from dynamic set `{}`: it is not there", verb, key, set),
          fmt::format("partita dynamic list {}", set)};
}

Error taken_key(const KeyRename& rename) {
  return usage_error(fmt::format("rename key `{}` from dynamic set `{}`: there is a key `{}`",
                                 rename.from, rename.set, rename.to),
                     fmt::format("partita dynamic list {}", rename.set));
}

constexpr const char* kInsertKey =
    "INSERT INTO dynamic_key VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
constexpr const char* kDeleteKey = "DELETE FROM dynamic_key WHERE dynamic_set = ? AND key = ?";

}  // namespace

Result<DynamicSets::Set> DynamicSets::find(std::string_view name) {
  Rows rows = database_
                  .statement(
                      "SELECT id, count, next_ordinal, changed_seq FROM dynamic_set"
                      " WHERE name = ?")
                  .query(name);
  Set set;
  if (rows.next()) set = {rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3)};
  if (!rows.status()) return rows.status().error();
  return set;
}

Result<DynamicSets::Set> DynamicSets::find_or_create(std::string_view name) {
  auto set = find(name);
  if (!set || set->id != 0) return set;
  auto last = database_.statement("SELECT max(id) FROM dynamic_set").integer();
  if (!last) return std::move(last).error();
  set->id = last->value_or(0) + 1;
  auto inserted =
      database_.statement("INSERT INTO dynamic_set VALUES (?, ?, 0, 0, 0)").run(set->id, name);
  if (!inserted) return std::move(inserted).error();
  return set;
}

Status DynamicSets::save(const Set& set) {
  return database_
      .statement("UPDATE dynamic_set SET count = ?, next_ordinal = ?, changed_seq = ? WHERE id = ?")
      .run(set.count, set.next_ordinal, set.changed_seq, set.id);
}

Status DynamicSets::append(EventKind kind, std::int64_t seq, std::int64_t at,
                           std::string_view payload) {
  Event event;
  event.seq = seq;
  event.at = at;
  event.kind = kind;
  event.payload = payload;
  return log_.append(event);
}

Result<DynamicKeys> DynamicSets::keys(std::string_view name) {
  auto set = find(name);
  if (!set) return std::move(set).error();
  Cached& cached = cache_[std::string(name)];
  if (cached.keys && cached.changed_seq == set->changed_seq) return cached.keys;
  auto keys = std::make_shared<std::vector<std::string>>();
  std::vector<std::int64_t> ordinals;
  keys->reserve(static_cast<std::size_t>(set->count));
  ordinals.reserve(static_cast<std::size_t>(set->count));
  Rows rows = database_.statement("SELECT ordinal, key FROM dynamic_key WHERE dynamic_set = ?")
                  .query(set->id);
  while (rows.next()) {
    ordinals.push_back(rows.integer(0));
    keys->emplace_back(rows.text(1));
  }
  if (!rows.status()) return rows.status().error();
  arrange(*keys, order_of(ordinals));
  cached = {set->changed_seq, std::move(keys)};
  return cached.keys;
}

Result<std::int64_t> DynamicSets::changed_seq(std::string_view name) {
  auto set = find(name);
  if (!set) return std::move(set).error();
  return set->changed_seq;
}

Result<std::vector<KeyMetadata>> DynamicSets::metadata(std::string_view name) {
  auto set = find(name);
  if (!set) return std::move(set).error();
  return metadata_.of_set(set->id);
}

Result<std::vector<std::pair<std::string, std::int64_t>>> DynamicSets::list() {
  std::vector<std::pair<std::string, std::int64_t>> sets;
  Rows rows = database_.statement("SELECT name, count FROM dynamic_set ORDER BY name").query();
  while (rows.next()) sets.emplace_back(rows.text(0), rows.integer(1));
  if (!rows.status()) return rows.status().error();
  return sets;
}

Result<std::int64_t> DynamicSets::add(std::string_view name, std::span<const std::string> keys,
                                      std::int64_t at) {
  if (keys.empty()) return 0;
  auto set = find_or_create(name);
  if (!set) return std::move(set).error();
  auto last = log_.last_seq();
  if (!last) return std::move(last).error();
  ByteWriter added;
  std::int64_t count = 0;
  std::string_view previous;
  Statement& insert = database_.statement(kInsertKey);
  for (const std::size_t position : in_key_order(keys)) {
    const std::string& key = keys[position];
    const auto ordinal = set->next_ordinal + static_cast<std::int64_t>(position);
    if (auto run = insert.run(set->id, key, ordinal); !run) return std::move(run).error();
    if (database_.changes() == 0) continue;
    ++count;
    added.u64(static_cast<std::uint64_t>(ordinal));
    write_after(added, std::exchange(previous, key), key);
  }
  if (count == 0) return 0;
  set->next_ordinal += static_cast<std::int64_t>(keys.size());
  set->count += count;
  set->changed_seq = *last + 1;
  if (auto saved = save(*set); !saved) return std::move(saved).error();
  ByteWriter payload;
  payload.text(name);
  payload.u64(static_cast<std::uint64_t>(set->next_ordinal));
  payload.u64(static_cast<std::uint64_t>(count));
  auto appended =
      append(EventKind::keys_added, set->changed_seq, at, payload.take() + added.bytes());
  if (!appended) return std::move(appended).error();
  return count;
}

Result<std::int64_t> DynamicSets::remove(std::string_view name, std::span<const std::string> keys,
                                         std::int64_t at) {
  if (keys.empty()) return 0;
  auto set = find(name);
  if (!set) return std::move(set).error();
  auto last = log_.last_seq();
  if (!last) return std::move(last).error();
  std::vector<std::string_view> unique(keys.begin(), keys.end());
  std::sort(unique.begin(), unique.end());
  unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
  ByteWriter payload;
  payload.text(name);
  payload.u64(unique.size());
  std::string_view previous;
  Statement& remove_key = database_.statement(kDeleteKey);
  for (const std::string_view key : unique) {
    if (auto run = remove_key.run(set->id, key); !run) return std::move(run).error();
    if (database_.changes() == 0) return absent_key("remove", name, key);
    if (auto run = metadata_.remove(set->id, key); !run) return std::move(run).error();
    write_after(payload, std::exchange(previous, key), key);
  }
  set->count -= static_cast<std::int64_t>(unique.size());
  set->changed_seq = *last + 1;
  if (auto saved = save(*set); !saved) return std::move(saved).error();
  auto appended = append(EventKind::keys_removed, set->changed_seq, at, payload.bytes());
  if (!appended) return std::move(appended).error();
  return static_cast<std::int64_t>(unique.size());
}

Status DynamicSets::set_metadata(std::string_view name, std::span<const KeyMetadata> entries,
                                 std::int64_t at) {
  if (entries.empty()) return {};
  auto set = find(name);
  if (!set) return std::move(set).error();
  auto last = log_.last_seq();
  if (!last) return std::move(last).error();
  ByteWriter payload;
  payload.text(name);
  if (auto written = metadata_.set(set->id, entries, payload); !written) return written;
  return append(EventKind::key_metadata, *last + 1, at, payload.bytes());
}

Status DynamicSets::rename(const KeyRename& rename, std::int64_t seq) {
  auto set = find(rename.set);
  if (!set) return std::move(set).error();
  auto taken = database_.statement("SELECT 1 FROM dynamic_key WHERE dynamic_set = ? AND key = ?")
                   .integer(set->id, rename.to);
  if (!taken) return std::move(taken).error();
  if (*taken) return taken_key(rename);
  auto renamed =
      database_.statement("UPDATE dynamic_key SET key = ? WHERE dynamic_set = ? AND key = ?")
          .run(rename.to, set->id, rename.from);
  if (!renamed) return renamed;
  if (database_.changes() == 0) return absent_key("rename", rename.set, rename.from);
  if (auto moved = metadata_.rename(set->id, rename.from, rename.to); !moved) return moved;
  set->changed_seq = seq;
  return save(*set);
}

Status DynamicSets::apply(const Event& event) {
  if (event.kind == EventKind::key_metadata) return apply_metadata(event);
  return event.kind == EventKind::keys_added ? apply_added(event) : apply_removed(event);
}

Status DynamicSets::apply_added(const Event& event) {
  ByteReader in(event.payload);
  auto set = find_or_create(in.text());
  if (!set) return std::move(set).error();
  set->next_ordinal = static_cast<std::int64_t>(in.u64());
  const auto count = in.u64();
  Statement& insert = database_.statement(kInsertKey);
  std::string key;
  for (auto left = count; left > 0 && in.ok(); --left) {
    const auto ordinal = static_cast<std::int64_t>(in.u64());
    read_after(in, key);
    if (auto run = insert.run(set->id, key, ordinal); !run) return run;
  }
  if (!in.ok()) return damaged_event(database_, event.seq);
  set->count += static_cast<std::int64_t>(count);
  set->changed_seq = event.seq;
  return save(*set);
}

Status DynamicSets::apply_removed(const Event& event) {
  ByteReader in(event.payload);
  auto set = find(in.text());
  if (!set) return std::move(set).error();
  const auto count = in.u64();
  Statement& remove_key = database_.statement(kDeleteKey);
  std::string key;
  for (auto left = count; left > 0 && in.ok(); --left) {
    read_after(in, key);
    if (auto run = remove_key.run(set->id, key); !run) return run;
    if (auto run = metadata_.remove(set->id, key); !run) return run;
  }
  if (!in.ok()) return damaged_event(database_, event.seq);
  set->count -= static_cast<std::int64_t>(count);
  set->changed_seq = event.seq;
  return save(*set);
}

Status DynamicSets::apply_metadata(const Event& event) {
  ByteReader in(event.payload);
  auto set = find(in.text());
  if (!set) return std::move(set).error();
  auto whole = metadata_.apply(set->id, in);
  if (!whole) return std::move(whole).error();
  return *whole ? Status() : damaged_event(database_, event.seq);
}

}  // namespace partita
