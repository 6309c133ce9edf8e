// Which partitions a request wants of each asset, and why, before anything is held back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace partita {

// Partitions of an asset that are wanted, and why.
struct Target {
  PartitionSet partitions;
  std::vector<PlannedReason> reasons;  // disjoint, together `partitions`
  PartitionSet conditional;            // of `partitions`

  // What is in there already keeps its reason.
  void add(const PartitionSet& some, std::string reason);
  void add_conditional(const PartitionSet& some, std::string reason);
  void leave_out(const PartitionSet& some);

  static Target none(const std::vector<Index>& shape);

 private:
  // One reason has all that is so for it, though it be found piece by piece.
  void take(PartitionSet rest, PlannedReason reason);
};
using TargetMap = std::map<std::string, Target>;

struct Targets {
  TargetMap wanted;
  // All that was selected, wanted or not; without a selection, the conditional ones.
  PartitionsByAsset selected;
};

// What was selected, narrowed to what is wanted; or the targets that the request names itself.
// Without what another run has made meanwhile.
Result<Targets> find_targets(const PlanRequest& request, const World& world);

}  // namespace partita
