// The plan: exactly which partitions will be materialized, in what order, and what is held back.
//
// make_plan() is a pure function of the world, the request and nothing else: it reads no store, no
// clock and no file. A Plan is a value.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/listing.hpp"
#include "plan/select.hpp"

namespace partita {

// Which of the selected partitions are wanted, where the selection did not name any.
struct Wanted {
  bool missing = false;
  bool failed = false;
  bool stale = false;
  bool recoded = false;  // made by other code than today's, where no code version is declared
  bool all = false;
  bool is_specified() const { return missing || failed || stale || recoded || all; }
};

using PartitionsByAsset = std::map<std::string, PartitionSet>;

struct PlanRequest {
  std::shared_ptr<const AssetExpr> selection;
  // --partition, --partition-range: for every selected asset. Null: none.
  std::shared_ptr<const PartitionExpr> partitions;
  Wanted wanted;
  // In place of a selection: exactly these partitions, by asset, and why. And of these, which are
  // up to date, those that read something that is made again, to run if that comes out with other
  // data.
  PartitionsByAsset targets;
  std::string targets_reason;
  PartitionsByAsset conditional_targets;
  // What another run made since this was asked for: not to be made again.
  PartitionsByAsset taken_over;
  // What a run that goes on has tried in vain: what needs it is held back, whatever is there of
  // earlier runs.
  PartitionsByAsset not_made;
  bool upstream_missing = false;        // take along what is neither selected nor materialized
  bool allow_missing_upstream = false;  // run without it, as Dagster does
};

struct PlannedDependency {
  std::size_t upstream = 0;  // index in Plan::assets
  std::shared_ptr<const Mapping> mapping;
};

// Why partitions are in the plan.
struct PlannedReason {
  bool conditional = false;
  std::string text;  // `missing`, `stale: code version 1 -> 2`, `if orders changes`
  PartitionSet partitions;
};

struct PlannedAsset {
  AssetDef def;
  SpacePtr space;
  PartitionSet targets;                 // to run: what is blocked is not among them
  std::vector<PlannedDependency> deps;  // those that are in the plan themselves
  std::vector<PlannedReason> reasons;   // each target is in one
  // Of the targets, those that are up to date and run only if something they read changes in this
  // run.
  PartitionSet conditional;
  Listing listing;  // in which order the selection names them; empty: in none
};

struct BlockedPartitions {
  std::string asset;
  PartitionSet partitions;
  std::string reason;
};

struct Plan {
  std::int64_t generation = 0;
  // Nothing is made: the checks of the assets run on what is there (check_plan.hpp).
  bool checks_only = false;
  std::vector<std::string> check_names;  // then, of those that run; empty: all
  std::vector<PlannedAsset> assets;      // each after those it depends on
  std::vector<BlockedPartitions> blocked;
  Index count() const;  // conditional ones included
  Index conditional_count() const;
  Index blocked_count() const;
};

// Has the plan's assets begin with what the selection names first.
Status put_in_listed_order(Plan& plan, const AssetExpr& selection, const World& world);

// With `wanted.stale`, what is selected and depends on what will be made again is in the plan as
// well, to run if that comes out with other data.
//
// Refuses a partitioned asset for which no partitions were named or wanted (with suggestions).
Result<Plan> make_plan(const PlanRequest& request, const World& world);

}  // namespace partita
