#include "partitions/set.hpp"

#include <algorithm>
#include <limits>

#include "partitions/set_boxes.hpp"

namespace partita {
namespace {

// Non-negative factors and terms only; the result stays at the largest Index.
Index saturating_product(Index a, Index b) {
  Index product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<Index>::max() : product;
}

Index saturating_sum(Index a, Index b) {
  Index sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<Index>::max() : sum;
}

Index partitions_of(std::span<const Index> shape) {
  Index product = 1;
  for (const Index size : shape) product = size == 0 ? 0 : saturating_product(product, size);
  return product;
}

// Sorts the runs, clips them to [0, size) and joins those that touch or overlap.
std::vector<Run> merged_runs(std::vector<Run> runs, Index size) {
  if (!std::is_sorted(runs.begin(), runs.end())) std::sort(runs.begin(), runs.end());
  std::size_t kept = 0;
  for (const Run& run : runs) {
    const Run clipped{std::max<Index>(run.begin, 0), std::min(run.end, size)};
    if (clipped.size() <= 0) continue;
    if (kept > 0 && runs[kept - 1].end >= clipped.begin) {
      runs[kept - 1].end = std::max(runs[kept - 1].end, clipped.end);
    } else {
      runs[kept++] = clipped;
    }
  }
  runs.resize(kept);
  return runs;
}

std::vector<Run> whole_sides(std::span<const Index> shape) {
  std::vector<Run> sides;
  for (const Index size : shape) sides.push_back({0, size});
  return sides;
}

}  // namespace

PartitionSet::PartitionSet(std::vector<Index> shape, std::vector<Run> canonical_sides)
    : shape_(std::move(shape)), sides_(std::move(canonical_sides)) {}

PartitionSet PartitionSet::none(std::vector<Index> shape) {
  return {std::move(shape), {}};
}

PartitionSet PartitionSet::all(std::vector<Index> shape) {
  std::vector<Run> sides = whole_sides(shape);
  return box(std::move(shape), std::move(sides));
}

PartitionSet PartitionSet::of_index(std::vector<Index> shape, Index index) {
  return of_runs(std::move(shape), {{index, index + 1}});
}

PartitionSet PartitionSet::of_runs(std::vector<Index> shape, std::vector<Run> runs) {
  runs = merged_runs(std::move(runs), partitions_of(shape));
  PartitionSet set = none(std::move(shape));
  if (set.shape_.empty()) {
    set.whole_ = !runs.empty();
  } else if (set.shape_.size() == 1) {
    set.sides_ = std::move(runs);
  } else {
    set.sides_ = boxes_of_linear_runs(set.shape_, runs);
  }
  return set;
}

PartitionSet PartitionSet::of_indices(std::vector<Index> shape, std::vector<Index> indices) {
  std::sort(indices.begin(), indices.end());
  std::vector<Run> runs;
  for (const Index index : indices) {
    if (!runs.empty() && runs.back().end >= index) {
      runs.back().end = index + 1;
    } else {
      runs.push_back({index, index + 1});
    }
  }
  return of_runs(std::move(shape), std::move(runs));
}

PartitionSet PartitionSet::box(std::vector<Index> shape, std::vector<Run> sides) {
  PartitionSet set = none(std::move(shape));
  set.whole_ = set.shape_.empty();
  for (std::size_t i = 0; i < set.shape_.size(); ++i) {
    const Run clipped{std::max<Index>(sides[i].begin, 0), std::min(sides[i].end, set.shape_[i])};
    if (clipped.size() <= 0) return none(std::move(set.shape_));
    sides[i] = clipped;
  }
  if (!set.shape_.empty()) set.sides_ = std::move(sides);
  return set;
}

PartitionSet PartitionSet::of_boxes(std::vector<Index> shape, std::vector<Run> sides) {
  const std::size_t rank = shape.size();
  if (rank < 2) return of_runs(std::move(shape), std::move(sides));
  std::vector<Run> kept;
  kept.reserve(sides.size());
  for (std::size_t i = 0; i < sides.size(); i += rank) {
    const PartitionSet clipped = box(shape, {&sides[i], &sides[i] + rank});
    kept.insert(kept.end(), clipped.sides_.begin(), clipped.sides_.end());
  }
  return {std::move(shape), canonical_boxes(rank, kept)};
}

PartitionSet PartitionSet::product(std::span<const PartitionSet> sides) {
  std::vector<Index> shape;
  for (const PartitionSet& side : sides) shape.push_back(side.shape_.front());
  PartitionSet set = none(std::move(shape));
  set.whole_ = sides.empty();
  std::vector<Run> boxes;
  for (std::size_t depth = 0; depth < sides.size(); ++depth) {
    std::vector<Run> longer;
    const std::size_t count = depth == 0 ? 1 : boxes.size() / depth;
    longer.reserve(count * sides[depth].sides_.size() * (depth + 1));
    for (std::size_t box = 0; box < count; ++box) {
      for (const Run& run : sides[depth].sides_) {
        longer.insert(longer.end(), boxes.begin() + static_cast<std::ptrdiff_t>(box * depth),
                      boxes.begin() + static_cast<std::ptrdiff_t>((box + 1) * depth));
        longer.push_back(run);
      }
    }
    boxes = std::move(longer);
  }
  set.sides_ = std::move(boxes);
  return set;
}

Index PartitionSet::count() const {
  if (shape_.empty()) return whole_ ? 1 : 0;
  Index total = 0;
  for (std::size_t i = 0; i < sides_.size(); i += shape_.size()) {
    Index product = 1;
    for (std::size_t d = 0; d < shape_.size(); ++d) {
      product = saturating_product(product, sides_[i + d].size());
    }
    total = saturating_sum(total, product);
  }
  return total;
}

bool PartitionSet::empty() const {
  return sides_.empty() && !whole_;
}

std::size_t PartitionSet::box_count() const {
  if (shape_.empty()) return whole_ ? 1 : 0;
  return sides_.size() / shape_.size();
}

bool PartitionSet::contains(Index index) const {
  if (shape_.empty()) return whole_ && index == 0;
  if (index < 0) return false;
  const std::vector<Index> strides = strides_of(shape_);
  BoxSection boxes{sides_.data(), box_count(), shape_.size(), 0};
  for (const Index stride : strides) {
    if (boxes.count == 0) return false;
    boxes = boxes.slab_containing(index / stride);
    index %= stride;
  }
  return boxes.count > 0;
}

std::optional<Index> PartitionSet::first() const {
  if (empty()) return std::nullopt;
  Index index = 0;
  for (std::size_t d = 0; d < shape_.size(); ++d) index = index * shape_[d] + sides_[d].begin;
  return index;
}

std::optional<Index> PartitionSet::last() const {
  if (empty()) return std::nullopt;
  const Run* box = sides_.data() + (sides_.size() - shape_.size());
  Index index = 0;
  for (std::size_t d = 0; d < shape_.size(); ++d) index = index * shape_[d] + box[d].end - 1;
  return index;
}

PartitionSet PartitionSet::projected(std::size_t dimension) const {
  std::vector<Run> runs;
  for (std::size_t i = dimension; i < sides_.size(); i += shape_.size()) runs.push_back(sides_[i]);
  return of_runs({shape_[dimension]}, std::move(runs));
}

PartitionSet PartitionSet::shifted(Index by) const {
  std::vector<Run> runs = sides_;
  for (Run& run : runs) run = {run.begin + by, run.end + by};
  return of_runs(shape_, std::move(runs));
}

}  // namespace partita
