// A PartitionSet: some of the partitions of a space, as a union of boxes.
//
// A box is a run of indices along each dimension. One-dimensional sets are therefore sorted runs;
// a product's set of one region over a million days is one box. The cost of every operation follows
// the number of boxes, not of partitions. A value; any thread reads.
//
// Canonical, so that equal sets compare equal: cut along the first dimension into slabs in which
// the other dimensions' cross-section is constant, join neighbouring slabs of equal cross-section,
// and treat each cross-section the same way. Sets combine only with sets of the same shape.
//
// A slab is cut wherever any box begins or ends along the first dimension: n boxes that all overlap
// in a staggered way come to n * n boxes, which no selection or mapping of ours produces.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "partitions/space.hpp"

namespace partita {

struct Run {
  Index begin = 0;
  Index end = 0;  // exclusive
  Index size() const { return end - begin; }
  bool operator==(const Run&) const = default;
  auto operator<=>(const Run&) const = default;
};

class PartitionSet {
 public:
  PartitionSet() = default;  // of the unpartitioned shape, empty
  static PartitionSet none(std::vector<Index> shape);
  static PartitionSet all(std::vector<Index> shape);
  static PartitionSet of_index(std::vector<Index> shape, Index index);
  // Any order, overlaps allowed, over linear indices.
  static PartitionSet of_runs(std::vector<Index> shape, std::vector<Run> runs);
  static PartitionSet of_indices(std::vector<Index> shape, std::vector<Index> indices);
  // One run along each dimension; what lies outside the shape is dropped.
  static PartitionSet box(std::vector<Index> shape, std::vector<Run> sides);
  // Any number of boxes in any order, overlaps allowed: their sides one after another.
  static PartitionSet of_boxes(std::vector<Index> shape, std::vector<Run> sides);

  const std::vector<Index>& shape() const { return shape_; }
  // The boxes' sides one after another, one per dimension; of a one-dimensional set, its runs.
  std::span<const Run> sides() const { return sides_; }
  Index count() const;  // stays at the largest Index where a shape has more partitions than that
  bool empty() const;
  bool contains(Index index) const;
  std::optional<Index> first() const;  // the smallest linear index
  std::optional<Index> last() const;
  std::size_t box_count() const;

  PartitionSet united(const PartitionSet& other) const;
  PartitionSet intersected(const PartitionSet& other) const;
  PartitionSet minus(const PartitionSet& other) const;
  PartitionSet complement() const;
  bool intersects(const PartitionSet& other) const;
  bool includes(const PartitionSet& other) const;

  // The set of coordinates along one dimension, as a one-dimensional set.
  PartitionSet projected(std::size_t dimension) const;
  // The product: one one-dimensional set per dimension; of none, the unpartitioned whole.
  static PartitionSet product(std::span<const PartitionSet> sides);
  // One-dimensional: every run moved, what leaves the shape is dropped.
  PartitionSet shifted(Index by) const;

  // Runs of linear indices in ascending order. The callback returns false to stop.
  void for_each_run(const std::function<bool(Run)>& visit) const;
  void for_each(const std::function<bool(Index)>& visit) const;
  // Boxes, each one Run per dimension; the unpartitioned set has a box without sides.
  void for_each_box(const std::function<bool(std::span<const Run>)>& visit) const;

  bool operator==(const PartitionSet&) const = default;

 private:
  PartitionSet(std::vector<Index> shape, std::vector<Run> canonical_sides);

  std::vector<Index> shape_;
  std::vector<Run> sides_;
  bool whole_ = false;  // the unpartitioned shape: the one partition is in
};

// In the selection grammar: `2024-01-01..2024-06-01`, `{a,b}`, `country=Japan,month=2020-01-01..`;
// parse_partitions (selection.hpp) reads it back. `limit` caps the pieces, `...` follows the last.
std::string to_text(const PartitionSet& set, const PartitionSpace& space,
                    std::size_t limit = SIZE_MAX);
// In full, and so that it means the same when keys have been added: dimensions that it has all keys
// of are named as well.
std::string to_closed_text(const PartitionSet& set, const PartitionSpace& space);

}  // namespace partita
