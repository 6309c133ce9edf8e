// The list of boxes inside a PartitionSet: reading it slab by slab, and writing it in canonical
// form.
//
// Knows nothing of spaces or keys. Internal to set*.cpp; no shared state, any thread.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "partitions/set.hpp"

namespace partita {

// Some boxes of a canonical list, seen from dimension `depth` on; those before it are the same in
// all.
struct BoxSection {
  const Run* sides = nullptr;
  std::size_t count = 0;
  std::size_t rank = 0;
  std::size_t depth = 0;

  Run side(std::size_t box) const { return sides[box * rank + depth]; }
  bool innermost() const { return depth + 1 == rank; }

  // One past the last box that shares the side of `box`: together they are a slab.
  std::size_t slab_end(std::size_t box) const;

  // The cross-section of the slab that begins with `box`.
  BoxSection cross_section(std::size_t box) const;

  // The cross-section of the slab that contains `at`, without boxes if there is none.
  BoxSection slab_containing(Index at) const;
};

// Takes slabs in ascending order and joins what can be joined.
class BoxWriter {
 public:
  explicit BoxWriter(std::size_t rank);

  // Between open and close, everything put belongs to the slab `run` along `depth`.
  void open(std::size_t depth, Run run);
  void close(std::size_t depth);
  // A run along the last dimension, not before the one put last in this slab; it may touch or
  // overlap.
  void put(Run run);

  // The same slabs again, under what is open here.
  void copy(const BoxSection& section);

  std::vector<Run> take() && { return std::move(sides_); }

 private:
  std::size_t box_count() const { return sides_.size() / rank_; }
  bool continues_previous(std::size_t depth) const;

  std::size_t rank_;
  std::vector<Run> sides_;
  std::vector<Run> open_;              // by depth: the slab being written
  std::vector<std::size_t> begin_;     // by depth: its first box
  std::vector<std::size_t> previous_;  // by depth: the first box of the slab before it, or kNone
};

// Sorted, disjoint runs of linear indices as boxes of `shape`.
std::vector<Run> boxes_of_linear_runs(std::span<const Index> shape, std::span<const Run> runs);

// Boxes in any order, overlaps allowed, none empty.
std::vector<Run> canonical_boxes(std::size_t rank, std::span<const Run> sides);

// For each dimension, the number of partitions one step along it covers.
std::vector<Index> strides_of(std::span<const Index> shape);

}  // namespace partita
