// Keys of dynamic sets that were renamed: the table `key_rename`, and what became of the names that
// events have, which are those of their time.
//
// A partition that had to make room for one of its name, by a wipe, is a former one: it has an
// identity that no partition can have, so that its attempts are still told apart from the other's.
// One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partitions/key_slots.hpp"
#include "store/names.hpp"
#include "store/records.hpp"
#include "store/sqlite.hpp"

namespace partita {

// In the partitions of one asset, from the event `seq` on.
struct PartitionRename {
  std::int64_t seq = 0;
  KeySlots slots;
  std::string from, to;
};

// Those of one asset, in their order.
class AssetRenames {
 public:
  void add(PartitionRename rename) { renames_.push_back(std::move(rename)); }

  // Whether names of the event `seq` may be others now.
  bool any_after(std::int64_t seq) const { return !renames_.empty() && renames_.back().seq > seq; }

  // What a partition of the event is called now.
  std::string now(std::int64_t seq, std::string_view identity) const;
  // The same for its identity and key, where both are texts of the event.
  void bring_up(std::int64_t seq, std::string& identity, std::string& key) const;
  // What a partition of now is called in the event; nothing where it had not come to be.
  std::optional<std::string> then(std::int64_t seq, std::string_view identity) const;

 private:
  std::vector<PartitionRename> renames_;
};

bool is_former(std::string_view identity);

class KeyRenames {
 public:
  explicit KeyRenames(Database& database) : database_(database) {}

  // Never null. Holds until the next call. Within a transaction the table is looked at once.
  Result<const AssetRenames*> of(AssetId asset);
  // Of all sets, those after the event.
  Result<std::vector<KeyRename>> after(std::int64_t seq);

  // Within a write transaction.
  Status add(std::int64_t seq, const KeyRename& rename);
  Status add(AssetId asset, std::string_view set, const PartitionRename& rename);

  // After a transaction that was rolled back, and after the table was made anew.
  void forget();

 private:
  Status refresh();
  Status load();

  Database& database_;
  std::map<AssetId, AssetRenames> renames_;
  std::int64_t last_seq_ = 0;    // of what is in `renames_`
  std::uint64_t looked_in_ = 0;  // the transaction in which that was seen to be all
};

}  // namespace partita
