// Whether a partition that is up to date has come to need making again, because something that it
// reads has changed since: asked for what is in a plan only on that condition.
//
// On the thread of the store.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "service/snapshot.hpp"
#include "store/provenance_follower.hpp"

namespace partita {

class Needs {
 public:
  // All are borrowed.
  Needs(const Plan& plan, Snapshot& snapshot, Store& store)
      : plan_(plan), snapshot_(snapshot), store_(store) {}

  Status prepare();

  // As of what is durable now. A data version that may have changed back counts as changed.
  Result<bool> needs(std::size_t asset, Index partition);

 private:
  struct Input {
    ProvenanceFollower* upstream = nullptr;
    std::shared_ptr<const Mapping> mapping;
  };
  struct Watch {
    ProvenanceFollower* own = nullptr;
    std::vector<Input> inputs;
  };

  Result<Watch> watch(const PlannedAsset& planned);
  Result<ProvenanceFollower*> follow(const AssetDef& asset);
  Status catch_up();

  const Plan& plan_;
  Snapshot& snapshot_;
  Store& store_;
  std::vector<std::optional<Watch>> watches_;  // of the plan's assets with conditional partitions
  std::map<std::string, std::unique_ptr<ProvenanceFollower>> followers_;
  std::int64_t seq_ = 0;  // followers have all up to here
};

}  // namespace partita
