// The last result of each check at each partition, of what is there: a materialization takes away
// those of what was there before.
//
// Writes are within a write transaction of the caller. One thread at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/names.hpp"
#include "store/records.hpp"
#include "store/sqlite.hpp"

namespace partita {

class CheckResults {
 public:
  explicit CheckResults(Database& database) : database_(database) {}

  // Those of an attempt, which is in the event `seq`.
  Status apply(AssetId asset, std::int64_t seq, const AttemptRecord& attempt);
  // Those that the attempt, which made something anew, has not brought.
  Status forget_others(AssetId asset, const AttemptRecord& attempt);
  Result<bool> has_any(AssetId asset);
  // The last results at one partition, by name.
  using Results = std::vector<CheckResult>;
  Result<Results> results(AssetId asset, std::string_view identity);
  Status erase(AssetId asset, std::string_view identity);
  // Leaves results that are there.
  Status put(AssetId asset, std::string_view identity, const Results& results);

  // Once per check that ever ran at the asset: how many partitions passed it last, and how many
  // not.
  Status for_each_count(AssetId asset, const CheckCountVisitor& visit);
  Status for_each(AssetId asset, const CheckResultVisitor& visit);
  Status for_each_not_passed(AssetId asset, const CheckResultVisitor& visit);

 private:
  // The check after that name, by name; empty: the last.
  Result<std::string> next_name(AssetId asset, std::string_view name);

  Status erase(AssetId asset, std::string_view identity, std::string_view name);

  Database& database_;
};

}  // namespace partita
