// The payload of a `key_renamed` event: of the set, where the event has no asset, else of the
// partitions of its asset.
//
//   text  set, text the key before, text the key from then on
//   of an asset moreover:
//     u64   how many parts an identity has, u64 a bit for each that is the set's
//     u64   how many moves of outputs; of each:
//       from and to, as what they share with the ones before and the rest, u64 inode
//
// Numbers and texts are those of base/bytes.hpp. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partitions/key_slots.hpp"
#include "store/records.hpp"

namespace partita {

struct RenamedPartitions {
  KeySlots slots;
  std::vector<OutputRecord> moves;
};

struct KeyRenamed {
  KeyRename rename;
  std::optional<RenamedPartitions> partitions;
};

std::string encode(const KeyRenamed& renamed);
// Nothing where the bytes are damaged.
std::optional<KeyRenamed> decode_renamed(std::string_view payload, bool of_asset);

}  // namespace partita
