// Stretches: one mark for each partition of a space, kept as stretches of indices of equal mark.
//
// Knows indices and marks only; which space they are of is SpacePrint's. Its cost follows the
// number of stretches. A mark is a value with `==`; a default one means that nothing is known, and
// Mark::apply(change) takes in what happened. A value; one thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "partitions/set.hpp"

namespace partita {

// On disk: append only.
enum class SummaryKind : std::uint8_t { outcomes = 1, provenance = 2 };

template <class Mark, class Change>
class Stretches {
 public:
  struct Stretch {
    Index end = 0;
    Mark mark;
  };

  explicit Stretches(std::vector<Index> shape) : shape_(std::move(shape)) {
    extend(stretches_, size_of(shape_), Mark());
  }

  const std::vector<Index>& shape() const { return shape_; }

  // Any order of indices; those of one index in their order.
  void update(Index index, const Change& change) {
    pending_.push_back({index, static_cast<std::uint32_t>(pending_.size()), change});
    if (pending_.size() >= kMostPending) settle();
  }

  // The same partitions in a space that has grown or shrunk at the end of its dimensions. What is
  // new has no mark yet.
  void reshape(std::vector<Index> shape) {
    settle();
    if (size_of(shape) == 0 || size_of(shape_) == 0) {
      *this = Stretches(std::move(shape));
      return;
    }
    // From the fastest dimension to the slowest: what is inside of a group has its new size
    // already.
    Index inner = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
      if (shape[i] != shape_[i]) resize_groups(shape_[i] * inner, shape[i] * inner);
      inner *= shape[i];
    }
    shape_ = std::move(shape);
  }

  // visit(Run, const Mark&), in order; together they cover the space.
  template <class Visit>
  void for_each(const Visit& visit) {
    settle();
    Index begin = 0;
    for (const Stretch& stretch : stretches_) {
      visit(Run{begin, stretch.end}, stretch.mark);
      begin = stretch.end;
    }
  }

  template <class Predicate>
  PartitionSet where(const Predicate& holds) {
    std::vector<Run> runs;
    for_each([&](Run run, const Mark& mark) {
      if (holds(mark)) runs.push_back(run);
    });
    return PartitionSet::of_runs(shape_, std::move(runs));
  }

  // The same for some in a row.
  template <class Visit>
  void for_each_in(Run partitions, const Visit& visit) {
    settle();
    auto at =
        std::upper_bound(stretches_.begin(), stretches_.end(), partitions.begin,
                         [](Index wanted, const Stretch& stretch) { return wanted < stretch.end; });
    for (Index begin = partitions.begin; begin < partitions.end; begin = at++->end)
      visit(Run{begin, std::min(at->end, partitions.end)}, at->mark);
  }

  // For reading stretches that were kept: they follow each other from index 0.
  class Builder {
   public:
    explicit Builder(std::vector<Index> shape) : made_({0}), size_(size_of(shape)) {
      made_.shape_ = std::move(shape);
    }
    bool add(Index length, const Mark& mark) {
      if (length <= 0 || length > size_ - covered_) return false;
      extend(made_.stretches_, length, mark);
      covered_ += length;
      return true;
    }
    bool is_whole() const { return covered_ == size_; }
    Stretches take() { return std::move(made_); }

   private:
    Stretches made_;
    Index size_;
    Index covered_ = 0;
  };

 private:
  static Index size_of(const std::vector<Index>& shape) {
    Index size = 1;
    for (const Index side : shape) size *= side;
    return size;
  }

  // Bounds the memory of pending updates; each settling costs one pass over the stretches.
  static constexpr std::size_t kMostPending = 1U << 18U;

  struct Update {
    Index index = 0;
    std::uint32_t order = 0;
    Change change;
  };

  static void extend(std::vector<Stretch>& stretches, Index length, const Mark& mark) {
    if (length <= 0) return;
    if (!stretches.empty() && stretches.back().mark == mark) {
      stretches.back().end += length;
      return;
    }
    const Index begin = stretches.empty() ? 0 : stretches.back().end;
    stretches.push_back({begin + length, mark});
  }

  void settle() {
    if (pending_.empty()) return;
    std::sort(pending_.begin(), pending_.end(), [](const Update& a, const Update& b) {
      return a.index != b.index ? a.index < b.index : a.order < b.order;
    });
    std::vector<Stretch> settled;
    settled.reserve(stretches_.size());
    auto next = pending_.begin();
    Index begin = 0;
    for (const Stretch& stretch : stretches_) {
      while (next != pending_.end() && next->index < stretch.end) {
        const Index index = next->index;
        Mark mark = stretch.mark;
        for (; next != pending_.end() && next->index == index; ++next) mark.apply(next->change);
        extend(settled, index - begin, stretch.mark);
        extend(settled, 1, mark);
        begin = index + 1;
      }
      extend(settled, stretch.end - begin, stretch.mark);
      begin = stretch.end;
    }
    stretches_ = std::move(settled);
    pending_.clear();
  }

  // Every `from` partitions in a row become `to`, by leaving out the last or adding to them.
  void resize_groups(Index from, Index to) {
    std::vector<Stretch> resized;
    Index at = 0;
    for (const Stretch& stretch : stretches_) {
      while (at < stretch.end) {
        const Index offset = at % from;
        const Index length = std::min(stretch.end - at, from - offset);
        extend(resized, std::min(length, to - offset), stretch.mark);
        at += length;
        if (at % from == 0) extend(resized, to - from, Mark());
      }
    }
    stretches_ = std::move(resized);
  }

  std::vector<Index> shape_;
  std::vector<Stretch> stretches_;  // adjacent ones differ; together they cover the space
  std::vector<Update> pending_;     // not yet in the stretches
};

}  // namespace partita
