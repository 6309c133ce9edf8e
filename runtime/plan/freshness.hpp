// Freshness: which materialized partitions are what their code, their inputs and their
// configuration would make today, which are stale and why, and of which that cannot be said.
//
// Not transitive, as Dagster's is not: what depends on a stale partition is stale once that is
// materialized again with another data version. Answered on sets: the cost follows the stretches of
// partitions that were made alike. A pure function of what the World tells.
#pragma once

#include <string>
#include <vector>

#include "plan/made.hpp"
#include "plan/select.hpp"

namespace partita {

struct StaleReason {
  enum class Kind { code, upstream, input_added, input_removed, mapping, config };
  Kind kind = Kind::code;
  std::string asset;  // the upstream asset that it is about, empty for none
  std::string text;   // `code version 1 -> 2`, `orders changed`
  PartitionSet partitions;
};
const char* to_text(StaleReason::Kind kind);

struct Freshness {
  PartitionSet stale;
  PartitionSet unknown;  // materialized, and it cannot be said
  std::string unknown_reason;
  std::vector<StaleReason> reasons;  // of what is stale; a partition may have several
};

Result<Freshness> freshness_of(const AssetDef& asset, const World& world);

}  // namespace partita
