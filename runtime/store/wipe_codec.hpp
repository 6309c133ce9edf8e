// The payload of a `wiped` or `wipe_undone` event: partitions of one asset with what was known of
// them, sorted by identity, so that it can be brought back.
//
//   u64   number of the wipe
//   text  its selection; empty where it is undone
//   u64   how many partitions; of each:
//     identity and key, as what they share with the one before and the rest
//     u64 last outcome, u64 last_seq, u64 last_run, u64 materialized_seq or 0, text reason
//     u64 how many check results, of each its name and u64: twice the event that has it (0 in files
//       of before version 5), plus 1 if it passed
//     flag, and where it is set the move of its output: from and to, shared as above, u64 inode
//
// Numbers and texts are those of base/bytes.hpp. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/check_results.hpp"
#include "store/partition_states.hpp"
#include "store/records.hpp"

namespace partita {

struct WipedPartition {
  std::string identity;
  PartitionStates::Known known;
  CheckResults::Results checks;
  std::optional<OutputRecord> move;
};

struct WipedPartitions {
  WipeId wipe = 0;
  std::string selection;
  std::vector<WipedPartition> partitions;
};

std::string encode(const WipedPartitions& wiped);
// Nothing where the bytes are damaged.
std::optional<WipedPartitions> decode_wiped(std::string_view payload);

}  // namespace partita
