#include "store/key_metadata.hpp"

#include <algorithm>
#include <tuple>

#include "store/prefixes.hpp"

namespace partita {

namespace {

// Sorted by key; of entries of one key the last, which is what is kept.
std::vector<const KeyMetadata*> in_key_order(std::span<const KeyMetadata> entries) {
  std::vector<const KeyMetadata*> order;
  order.reserve(entries.size());
  for (const KeyMetadata& entry : entries) order.push_back(&entry);
  // By their addresses they are in the order in which they were given.
  std::sort(order.begin(), order.end(),
            [](const auto* a, const auto* b) { return std::tie(a->key, a) < std::tie(b->key, b); });
  return order;
}

}  // namespace

Result<std::vector<KeyMetadata>> KeyMetadataTable::of_set(std::int64_t set) {
  std::vector<KeyMetadata> found;
  Rows rows = database_
                  .statement(
                      "SELECT key, metadata FROM dynamic_key_metadata WHERE dynamic_set = ?"
                      " ORDER BY key")
                  .query(set);
  while (rows.next()) {
    auto values = Json::parse(rows.text(1));
    if (!values) return std::move(values).error().wrap("read the metadata of a dynamic key");
    found.push_back({std::string(rows.text(0)), *std::move(values)});
  }
  if (!rows.status()) return rows.status().error();
  return found;
}

Status KeyMetadataTable::put(std::int64_t set, std::string_view key, std::string_view values) {
  return database_.statement("INSERT OR REPLACE INTO dynamic_key_metadata VALUES (?, ?, ?)")
      .run(set, key, values);
}

Status KeyMetadataTable::set(std::int64_t set, std::span<const KeyMetadata> entries,
                             ByteWriter& payload) {
  payload.u64(entries.size());
  std::string_view previous;
  for (const KeyMetadata* entry : in_key_order(entries)) {
    const std::string values = entry->values.dump();
    if (Status written = put(set, entry->key, values); !written) return written;
    write_after(payload, std::exchange(previous, entry->key), entry->key);
    payload.text(values);
  }
  return {};
}

Status KeyMetadataTable::remove(std::int64_t set, std::string_view key) {
  return database_.statement("DELETE FROM dynamic_key_metadata WHERE dynamic_set = ? AND key = ?")
      .run(set, key);
}

Status KeyMetadataTable::rename(std::int64_t set, std::string_view from, std::string_view to) {
  return database_
      .statement("UPDATE dynamic_key_metadata SET key = ? WHERE dynamic_set = ? AND key = ?")
      .run(to, set, from);
}

Result<bool> KeyMetadataTable::apply(std::int64_t set, ByteReader& payload) {
  std::string key;
  for (auto left = payload.u64(); left > 0 && payload.ok(); --left) {
    read_after(payload, key);
    const std::string_view values = payload.text();
    if (!payload.ok()) break;
    if (Status written = put(set, key, values); !written) return std::move(written).error();
  }
  return payload.ok();
}

}  // namespace partita
