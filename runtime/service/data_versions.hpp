// Data versions of partitions that give none themselves, where a code version is declared: they
// follow from the code version, the configuration and the data versions of what was read, so that
// making the same again gives the same version.
//
// Knows a plan and the log. prepare() on the thread that has the snapshot, all else on the
// writer's.
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

class DataVersions {
 public:
  // All are borrowed.
  DataVersions(const Plan& plan, Snapshot& snapshot, Store& writer)
      : plan_(plan), snapshot_(snapshot), writer_(writer) {}

  // `bases`: of the plan's assets, as text.
  Status prepare(const std::vector<std::shared_ptr<const std::string>>& bases);

  // Takes in what was recorded since. Before of() is asked about attempts that were not.
  Status catch_up();
  // Of a partition that read what there was at `read_seq`. Empty, which is like no other's: none
  // can be derived, or what it read has changed since.
  std::string of(std::size_t asset, Index partition, std::int64_t read_seq);

 private:
  struct Input {
    ProvenanceFollower* upstream = nullptr;
    std::shared_ptr<const Mapping> mapping;
    // What the last partition read: the next one mostly reads something else, or just the same.
    PartitionSet partitions;
    std::int64_t changed_seq = 0;  // the newest among them
    std::string versions;
  };
  struct Rule {
    std::string start;  // what all its versions begin with before they are hashed
    std::vector<Input> inputs;
  };

  Result<Rule> rule_of(const PlannedAsset& planned, const std::string& basis);
  Result<ProvenanceFollower*> follow(const AssetDef& upstream);
  static void read(Input& input);

  const Plan& plan_;
  Snapshot& snapshot_;
  Store& writer_;
  std::vector<std::optional<Rule>> rules_;  // of the plan's assets; none where none can be derived
  std::map<std::string, std::unique_ptr<ProvenanceFollower>> followers_;
};

}  // namespace partita
