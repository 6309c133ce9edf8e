#include "execute/batch_chunks.hpp"

#include <algorithm>

namespace partita {

BatchChunks::BatchChunks(const std::vector<Run>& stretches, Index most, PartitionSet none)
    : none_(std::move(none)), gaps_(none_), counted_(none_) {
  for (const Run& stretch : stretches) {
    for (Run chunk = stretch; chunk.begin < stretch.end; chunk.begin = chunk.end) {
      chunk.end = most < stretch.end - chunk.begin ? chunk.begin + most : stretch.end;
      chunks_.push_back({chunk, chunk.size(), false});
    }
  }
}

std::size_t BatchChunks::first_after(Index begin) const {
  const auto at = std::partition_point(chunks_.begin(), chunks_.end(),
                                       [&](const Chunk& chunk) { return chunk.run.end <= begin; });
  return static_cast<std::size_t>(at - chunks_.begin());
}

void BatchChunks::count(const PartitionSet& ready) {
  subtract(ready);
}

void BatchChunks::take_out(const PartitionSet& partitions) {
  gaps_ = gaps_.united(partitions);
  subtract(partitions);
}

void BatchChunks::subtract(const PartitionSet& partitions) {
  const PartitionSet more = partitions.minus(counted_);
  counted_ = counted_.united(more);
  more.for_each_run([&](Run run) {
    for (std::size_t i = first_after(run.begin); i < chunks_.size(); ++i) {
      Chunk& chunk = chunks_[i];
      if (chunk.run.begin >= run.end) break;
      chunk.awaited -= std::min(run.end, chunk.run.end) - std::max(run.begin, chunk.run.begin);
    }
    return true;
  });
}

PartitionSet BatchChunks::left_of(const Chunk& chunk) const {
  return PartitionSet::of_runs(none_.shape(), {chunk.run}).minus(gaps_);
}

PartitionSet BatchChunks::not_released() const {
  std::vector<Run> runs;
  for (const Chunk& chunk : chunks_) {
    if (!chunk.released) runs.push_back(chunk.run);
  }
  return PartitionSet::of_runs(none_.shape(), std::move(runs)).minus(gaps_);
}

void BatchChunks::release_all() {
  for (Chunk& chunk : chunks_) chunk.released = true;
}

}  // namespace partita
