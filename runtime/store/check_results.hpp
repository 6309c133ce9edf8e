// The last result of each check at each partition.
//
// Writes are within a write transaction of the caller. One thread at a time.
#pragma once

#include <functional>
#include <string>

#include "store/names.hpp"
#include "store/records.hpp"
#include "store/sqlite.hpp"

namespace partita {

class CheckResults {
 public:
  explicit CheckResults(Database& database) : database_(database) {}

  Status apply(AssetId asset, const AttemptRecord& attempt);
  // Once per check that ever ran at the asset: how many partitions passed it last, and how many
  // not.
  Status for_each_count(AssetId asset, const CheckCountVisitor& visit);

 private:
  Database& database_;
};

}  // namespace partita
