// BatchChunks: how the partitions of an asset that takes batches are cut into calls.
//
// Each stretch of targets that follow each other is cut from its start into chunks of at most the
// asset's batch. A chunk is whole when nothing in it is waited for; what was taken out of it makes
// a gap, which no call crosses. Knows neither mappings nor caps. One thread.
#pragma once

#include <vector>

#include "partitions/set.hpp"

namespace partita {

class BatchChunks {
 public:
  struct Chunk {
    Run run;
    Index awaited = 0;  // partitions that are not ready
    bool released = false;
    bool is_whole() const { return awaited == 0 && !released; }
  };

  BatchChunks() = default;
  // `stretches` in ascending order.
  BatchChunks(const std::vector<Run>& stretches, Index most, PartitionSet none);

  // Partitions that are ready.
  void count(const PartitionSet& ready);
  // Partitions that no call will be given.
  void take_out(const PartitionSet& partitions);
  // The chunks that any of these are in.
  template <class Visit>
  void for_each_of(const PartitionSet& partitions, const Visit& visit) {
    std::size_t next = 0;
    partitions.for_each_run([&](Run run) {
      for (next = std::max(next, first_after(run.begin)); next < chunks_.size(); ++next) {
        if (chunks_[next].run.begin >= run.end) break;
        visit(chunks_[next]);
      }
      return true;
    });
  }
  // What a chunk still is, without the gaps.
  PartitionSet left_of(const Chunk& chunk) const;
  // What is in no released chunk.
  PartitionSet not_released() const;
  void release_all();

 private:
  std::size_t first_after(Index begin) const;  // the first chunk that ends after it
  void subtract(const PartitionSet& partitions);

  std::vector<Chunk> chunks_;
  PartitionSet none_, gaps_;
  PartitionSet counted_;  // as ready, or taken out
};

}  // namespace partita
