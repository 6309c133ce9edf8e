// Which partitions of a plan may start now, kept as sets.
//
// A partition is ready when every upstream partition of the plan that it maps to is done. That is:
// it is not downstream of anything pending, which set algebra answers without looking at single
// partitions. Of an asset that takes batches, whole chunks of partitions become ready; what such an
// asset needs of itself may be in the same chunk.
#pragma once

#include <optional>
#include <vector>

#include "execute/batch_chunks.hpp"
#include "execute/dimension_caps.hpp"
#include "execute/ready_queue.hpp"
#include "plan/plan.hpp"

namespace partita {

class Readiness {
 public:
  // Both are borrowed; `caps` may be null.
  explicit Readiness(const Plan& plan, const DimensionCaps* caps = nullptr);

  struct Withheld {
    std::size_t asset = 0;
    PartitionSet partitions;
    std::size_t because_asset = 0;  // of the partitions that failed
    PartitionSet because;
  };

  // What to start next: of the highest priority the furthest downstream asset that `may_start`
  // allows, as far as the caps have room. One partition, or several where it takes batches.
  struct Start {
    std::size_t asset = 0;
    Run partitions;
    int attempt = 1;
  };
  template <class MayStart>
  std::optional<Start> pop(bool newest_first, const MayStart& may_start) {
    for (const std::size_t i : order_) {
      if (assets_[i].ready.empty() || !may_start(i)) continue;
      const auto ready = assets_[i].ready.take(newest_first, takes_batches(i), [&](Lane lane) {
        return caps_ == nullptr || caps_->has_room(i, lane);
      });
      if (ready) return Start{i, ready->run, ready->attempt};
    }
    return std::nullopt;
  }
  // What was popped and did not run, or is to be attempted again.
  void put_back(const Start& start);

  // Partitions of one asset that are done (or skipped): descendants become ready.
  void succeeded(std::size_t asset, const PartitionSet& partitions);
  // Partitions that will not be done: their descendants are taken out of the plan and returned.
  std::vector<Withheld> failed(std::size_t asset, const PartitionSet& partitions);
  // Takes out what of the asset was not popped.
  PartitionSet give_up(std::size_t asset);

  // What of the asset neither became ready nor was withheld, and what is ready and was not popped.
  PartitionSet not_popped(std::size_t asset) const;

  bool has_ready() const;
  // How many those are, of all assets.
  Index not_started() const;

 private:
  struct AssetState {
    PartitionSet pending;  // targets that are not done: what failed and what is withheld stays
    PartitionSet waiting;  // targets that are not ready yet
    ReadyQueue ready;
    BatchChunks chunks;                    // where it takes batches
    const Mapping* own_mapping = nullptr;  // of its dependency on itself, where it takes batches
  };
  struct Child {
    std::size_t asset = 0;
    const Mapping* mapping = nullptr;
  };

  bool takes_batches(std::size_t asset) const {
    return plan_.assets[asset].def.policy.takes_batches();
  }
  void prepare_batches(std::size_t asset);
  void make_ready(std::size_t asset, const PartitionSet& candidates);
  void make_batches_ready(std::size_t asset, const PartitionSet& ready);
  void release(std::size_t asset, BatchChunks::Chunk& chunk);
  void release_whole(std::size_t asset, const PartitionSet& candidates);
  ReadySlot slot_of(std::size_t asset, Index partition) const;
  template <class Visit>
  void by_slot(std::size_t asset, Run run, const Visit& visit) const;
  void take_out(std::size_t asset, const PartitionSet& partitions);

  const Plan& plan_;
  const DimensionCaps* caps_;
  std::vector<AssetState> assets_;
  std::vector<std::vector<Child>> children_;
  std::vector<std::size_t> order_;  // in which assets are asked for what is ready
};

}  // namespace partita
