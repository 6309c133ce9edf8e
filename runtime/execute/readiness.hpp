// Which partitions of a plan may start now, kept as sets.
//
// A partition is ready when every upstream partition of the plan that it maps to is done. That is:
// it is not downstream of anything pending, which set algebra answers without looking at single
// partitions.
#pragma once

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "plan/plan.hpp"

namespace partita {

class Readiness {
 public:
  // `plan` is borrowed.
  explicit Readiness(const Plan& plan);

  struct Withheld {
    std::size_t asset = 0;
    PartitionSet partitions;
    std::size_t because_asset = 0;  // of the partitions that failed
    PartitionSet because;
  };

  // The next partition to start, of the furthest downstream asset that `may_start` allows.
  struct Start {
    std::size_t asset = 0;
    Index partition = 0;
  };
  template <class MayStart>
  std::optional<Start> pop(bool newest_first, MayStart may_start) {
    for (std::size_t i = assets_.size(); i-- > 0;) {
      if (assets_[i].ready.empty() || !may_start(i)) continue;
      return Start{i, take(assets_[i].ready, newest_first)};
    }
    return std::nullopt;
  }

  // Partitions of one asset that are done (or skipped): descendants become ready.
  void succeeded(std::size_t asset, const PartitionSet& partitions);
  // Partitions that will not be done: their descendants are taken out of the plan and returned.
  std::vector<Withheld> failed(std::size_t asset, const PartitionSet& partitions);

  bool has_ready() const;
  // What neither became ready nor was withheld, and what is ready but was not started.
  Index not_started() const;

 private:
  struct AssetState {
    PartitionSet pending;  // targets that are not done: what failed and what is withheld stays
    PartitionSet waiting;  // targets that are not ready yet
    std::deque<Run> ready;
  };
  struct Child {
    std::size_t asset = 0;
    const Mapping* mapping = nullptr;
  };

  static Index take(std::deque<Run>& ready, bool last);
  void make_ready(std::size_t asset, const PartitionSet& candidates);

  const Plan& plan_;
  std::vector<AssetState> assets_;
  std::vector<std::vector<Child>> children_;
};

}  // namespace partita
