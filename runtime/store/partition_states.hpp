// What is known of each partition: the table `partition_state`, a projection of the attempts.
//
// One thread at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/names.hpp"
#include "store/records.hpp"
#include "store/sqlite.hpp"

namespace partita {

class PartitionStates {
 public:
  explicit PartitionStates(Database& database) : database_(database) {}

  // What there was before an attempt.
  struct Before {
    bool known = false;
    Outcome last = Outcome::none;
    std::int64_t last_seq = 0;
    RunId last_run = 0;
  };

  // Takes in one attempt; within a write transaction. Quickest in the order of identities.
  Result<Before> apply(AssetId asset, std::int64_t seq, RunId run, const AttemptRecord& attempt);

  // All that is known of a partition, to take it away and bring it back.
  struct Known {
    std::string key;  // empty: the identity
    Outcome last = Outcome::none;
    std::int64_t last_seq = 0;
    RunId last_run = 0;
    std::optional<std::int64_t> materialized_seq;
    std::string reason;
  };
  Result<std::optional<Known>> known(AssetId asset, std::string_view identity);
  // How many partitions of the asset there are.
  Result<std::int64_t> counted(AssetId asset);
  // The same, by what is known of them.
  Result<std::vector<StateCount>> counted_by_state(AssetId asset);
  // Those that have any, by name.
  Result<std::vector<KnownAsset>> assets();
  // Within a write transaction, as the next. `added` more than there were.
  Status count(AssetId asset, std::int64_t added);
  Status erase(AssetId asset, std::string_view identity);
  Status put(AssetId asset, std::string_view identity, const Known& known);

  // Identities of the partitions that have the key in these places.
  Result<std::vector<std::string>> having(AssetId asset, const KeySlots& slots,
                                          std::string_view key);

  // The partition whose materialization is the newest.
  Result<std::optional<std::string>> newest_materialized(AssetId asset);

  Result<std::optional<PartitionState>> find(AssetId asset, std::string_view identity);
  Status for_each(AssetId asset, const std::function<void(const PartitionState&)>& visit);
  // At most so many of them: the first and the last by identity.
  Result<std::vector<PartitionState>> at_ends(AssetId asset, std::int64_t most);
  // As for_each, but only what a summary needs, in the order of identities.
  Status for_each_outcome(
      AssetId asset,
      const std::function<void(std::string_view identity, Outcome last, bool materialized)>& visit);
  // The event with the materialization that counts.
  Result<std::optional<std::int64_t>> materialized_seq(AssetId asset, std::string_view identity);

 private:
  Result<Before> find_before(AssetId asset, std::string_view identity);

  Database& database_;
};

// Why an attempt ended as it did, in one line of bounded length; empty where it succeeded.
std::string one_line_reason(const AttemptRecord& attempt);

}  // namespace partita
