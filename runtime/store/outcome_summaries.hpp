// Answers which partitions of a space are materialized, failed, ...: the table `outcome_summary`,
// one summary per asset as of some event, caught up from the log when it is asked for.
//
// Knows no definitions beyond the space it is given. One thread at a time.
#pragma once

#include "store/outcome_summary.hpp"
#include "store/space_print.hpp"
#include "store/tables.hpp"

namespace partita {

class OutcomeSummaries {
 public:
  // Writing a summary anew pays from so many attempts on that would have to be read again next
  // time.
  static constexpr std::int64_t kWorthKeeping = 1000;

  explicit OutcomeSummaries(Tables& tables, std::int64_t worth_keeping = kWorthKeeping)
      : tables_(tables), worth_keeping_(worth_keeping) {}

  // As of the last event. Outside of any transaction.
  Result<OutcomeSummary> current(AssetId asset, const PartitionSpace& space);

 private:
  struct Work {
    OutcomeSummary summary;
    std::int64_t seq = 0;     // covers the events up to here
    std::int64_t effort = 0;  // attempts and partitions that had to be read one by one
    bool shortened = false;   // the stored one covers partitions that the space has not
  };

  Result<Work> up_to_date(AssetId asset, const PartitionSpace& space);
  Result<std::optional<Work>> stored(AssetId asset, const PartitionSpace& space);
  Result<bool> grow(AssetId asset, const PartitionSpace& space, Work& work);
  Result<Work> from_states(AssetId asset, const PartitionSpace& space);
  Status catch_up(AssetId asset, const PartitionSpace& space, Work& work);
  void keep(AssetId asset, const PartitionSpace& space, Work& work);

  Tables& tables_;
  std::int64_t worth_keeping_;
};

}  // namespace partita
