// Wipes: partitions whose states were taken away, and brought back: the table `wipe`, and what
// follows for states, check results and outputs. The log of what was attempted stays as it is.
//
// Writes are within a write transaction of the caller. One thread at a time.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/tables.hpp"
#include "store/wipe_codec.hpp"

namespace partita {

class Wipes {
 public:
  explicit Wipes(Tables& tables) : tables_(tables) {}

  // The number of the next one.
  Result<WipeId> next();
  Result<std::vector<WipeRecord>> list();  // newest first
  Result<WipeRecord> find(WipeId wipe);

  // Targets of which nothing is known are passed over.
  Status wipe(std::string_view selection, std::span<const WipeTarget> targets, std::int64_t at);
  // Brings back targets that were part of the wipe, each with what was attempted since. One that
  // is materialized is an error.
  Status undo(WipeId wipe, std::span<const WipeTarget> targets, std::int64_t at);

  // What a wipe took away, by its names of now.
  Status for_each(WipeId wipe, const std::function<Status(AssetId, const WipedPartition&)>& visit);

  // Takes in an event of either kind; for rebuilding.
  Status apply(const Event& event);

 private:
  using Targets = std::span<const WipeTarget* const>;

  Status wipe_batch(WipedPartitions wiped, AssetId asset, Targets targets, std::int64_t at);
  Status restore(WipeId wipe, AssetId asset, std::vector<WipedPartition> partitions,
                 std::int64_t at);
  Status append(EventKind kind, AssetId asset, const WipedPartitions& wiped, std::int64_t at);
  Status bring_up(const Event& event, WipedPartition& partition);
  Status apply_wiped(AssetId asset, const WipedPartition& partition);
  Status apply_restored(AssetId asset, const WipedPartition& partition);
  Status count(const Event& event, const WipedPartitions& wiped);

  Tables& tables_;
};

}  // namespace partita
