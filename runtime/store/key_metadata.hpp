// Metadata of dynamic keys: the table `dynamic_key_metadata`, a projection of the events that say
// it, and the payload of those events.
//
// Knows sets by their number; which keys a set has is DynamicSets'. One thread at a time.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "store/records.hpp"
#include "store/sqlite.hpp"

namespace partita {

class KeyMetadataTable {
 public:
  explicit KeyMetadataTable(Database& database) : database_(database) {}

  // Of the keys that have any, sorted by key.
  Result<std::vector<KeyMetadata>> of_set(std::int64_t set);

  // Within a write transaction. Takes the place of what a key had; writes what the event says.
  Status set(std::int64_t set, std::span<const KeyMetadata> entries, ByteWriter& payload);
  Status remove(std::int64_t set, std::string_view key);

  Status rename(std::int64_t set, std::string_view from, std::string_view to);

  // Takes in what set() wrote; false where it is damaged.
  Result<bool> apply(std::int64_t set, ByteReader& payload);

 private:
  Status put(std::int64_t set, std::string_view key, std::string_view values);

  Database& database_;
};

}  // namespace partita
