// DimensionCaps: at most so many running partitions that share a value of a dimension
// (`--max region=2`), whichever assets they are of.
//
// A lane of an asset is what has the same values of all capped dimensions. One thread.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "execute/ready_queue.hpp"
#include "plan/plan.hpp"

namespace partita {

class DimensionCaps {
 public:
  DimensionCaps() = default;  // none
  // `plan` is borrowed. Dimensions that no asset has are passed over.
  DimensionCaps(const Plan& plan, const std::map<std::string, int>& most);

  Lane lane_of(std::size_t asset, Index partition) const;
  // The first partition after this one that may be of another lane.
  Index lane_end(std::size_t asset, Index partition) const;

  bool has_room(std::size_t asset, Lane lane) const;
  void take(std::size_t asset, Lane lane) { add(asset, lane, 1); }
  void give_back(std::size_t asset, Lane lane) { add(asset, lane, -1); }

 private:
  // One capped dimension of one asset.
  struct Capped {
    Index size = 1;    // of the dimension
    Index stride = 1;  // partitions that follow each other with one value
    int most = 0;
    std::vector<std::size_t> counters;  // by coordinate
  };

  Capped capped(const PlannedAsset& planned, std::size_t dimension, int most);
  std::size_t counter_of(const std::string& dimension, const std::string& key);
  void add(std::size_t asset, Lane lane, int change);
  template <class Visit>
  void for_each_counter(std::size_t asset, Lane lane, const Visit& visit) const;

  std::vector<std::vector<Capped>> assets_;
  std::map<std::pair<std::string, std::string>, std::size_t> known_;
  std::vector<int> running_;
};

// Whether an asset of the plan has a dimension of this name.
bool has_dimension(const Plan& plan, std::string_view name);

}  // namespace partita
