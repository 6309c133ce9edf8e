// Gives a key of a dynamic set another name, and the partitions that have it in their identities:
// what is known of them stays as it is.
//
// Writes are within a write transaction of the caller. One thread at a time.
#pragma once

#include <span>

#include "store/dynamic_sets.hpp"
#include "store/rename_codec.hpp"
#include "store/tables.hpp"

namespace partita {

class KeyRenamer {
 public:
  KeyRenamer(Tables& tables, DynamicSets& sets) : tables_(tables), sets_(sets) {}

  // The key is in the set and the new one is not, and nothing is known of partitions with that.
  Status rename(const KeyRename& rename, std::span<const RenamedAsset> assets, std::int64_t at);

  // Takes in an event; for rebuilding.
  Status apply(const Event& event);

 private:
  Status rename_in(const RenamedAsset& renamed, const KeyRename& rename, std::int64_t at);
  Status append(std::optional<AssetId> asset, const KeyRenamed& renamed, std::int64_t at);
  Status apply_to_asset(const Event& event, AssetId asset, const KeyRenamed& renamed);
  Status move_known(AssetId asset, const std::string& identity, const PartitionRename& rename);
  Status add_moves(std::span<const OutputRecord> moves);

  Tables& tables_;
  DynamicSets& sets_;
};

}  // namespace partita
