// The binary operations of PartitionSet: one sweep along a dimension, recursion into the next.
#include <algorithm>
#include <limits>

#include "partitions/set.hpp"
#include "partitions/set_boxes.hpp"

namespace partita {
namespace {

enum class Operation { unite, intersect, subtract };

bool keeps(Operation operation, bool in_a, bool in_b) {
  switch (operation) {
    case Operation::unite:
      return in_a || in_b;
    case Operation::intersect:
      return in_a && in_b;
    case Operation::subtract:
      return in_a && !in_b;
  }
  return false;
}

// Walks two sections at once along their first dimension, in steps in which each is inside one slab
// or outside all.
class Sweep {
 public:
  Sweep(const BoxSection& a, const BoxSection& b) : a_(a), b_(b) {}

  bool next() {
    const Run a = rest_of(a_, box_a_);
    const Run b = rest_of(b_, box_b_);
    const Index begin = std::min(a.begin, b.begin);
    if (begin == kBeyond) return false;
    in_a_ = a.begin == begin;
    in_b_ = b.begin == begin;
    at_a_ = box_a_;
    at_b_ = box_b_;
    step_ = {begin, std::min(in_a_ ? a.end : a.begin, in_b_ ? b.end : b.begin)};
    if (in_a_ && a.end == step_.end) box_a_ = a_.slab_end(box_a_);
    if (in_b_ && b.end == step_.end) box_b_ = b_.slab_end(box_b_);
    return true;
  }

  Run step() const { return step_; }
  bool in_a() const { return in_a_; }
  bool in_b() const { return in_b_; }
  BoxSection a() const { return a_.cross_section(at_a_); }
  BoxSection b() const { return b_.cross_section(at_b_); }

 private:
  static constexpr Index kBeyond = std::numeric_limits<Index>::max();

  Run rest_of(const BoxSection& section, std::size_t box) const {
    if (box >= section.count) return {kBeyond, kBeyond};
    const Run side = section.side(box);
    return {std::max(side.begin, step_.end), side.end};
  }

  const BoxSection& a_;
  const BoxSection& b_;
  std::size_t box_a_ = 0;  // where the walk goes on
  std::size_t box_b_ = 0;
  std::size_t at_a_ = 0;  // the slabs of the present step
  std::size_t at_b_ = 0;
  Run step_;
  bool in_a_ = false;
  bool in_b_ = false;
};

void combine(const BoxSection& a, const BoxSection& b, Operation operation, BoxWriter& out) {
  Sweep sweep(a, b);
  while (sweep.next()) {
    const bool both = sweep.in_a() && sweep.in_b();
    const bool kept = keeps(operation, sweep.in_a(), sweep.in_b());
    if (a.innermost()) {
      if (kept) out.put(sweep.step());
      continue;
    }
    if (!both && !kept) continue;
    out.open(a.depth, sweep.step());
    if (both) {
      combine(sweep.a(), sweep.b(), operation, out);
    } else {
      out.copy(sweep.in_a() ? sweep.a() : sweep.b());
    }
    out.close(a.depth);
  }
}

bool meet(const BoxSection& a, const BoxSection& b) {
  Sweep sweep(a, b);
  while (sweep.next()) {
    if (!sweep.in_a() || !sweep.in_b()) continue;
    if (a.innermost() || meet(sweep.a(), sweep.b())) return true;
  }
  return false;
}

BoxSection section_of(const PartitionSet& set) {
  return {set.sides().data(), set.box_count(), set.shape().size(), 0};
}

std::vector<Run> combined_boxes(const PartitionSet& a, const PartitionSet& b, Operation operation) {
  BoxWriter out(a.shape().size());
  combine(section_of(a), section_of(b), operation, out);
  return std::move(out).take();
}

PartitionSet unpartitioned(bool whole) {
  return whole ? PartitionSet::all({}) : PartitionSet();
}

}  // namespace

PartitionSet PartitionSet::united(const PartitionSet& other) const {
  if (shape_.empty()) return unpartitioned(whole_ || other.whole_);
  return {shape_, combined_boxes(*this, other, Operation::unite)};
}

PartitionSet PartitionSet::intersected(const PartitionSet& other) const {
  if (shape_.empty()) return unpartitioned(whole_ && other.whole_);
  return {shape_, combined_boxes(*this, other, Operation::intersect)};
}

PartitionSet PartitionSet::minus(const PartitionSet& other) const {
  if (shape_.empty()) return unpartitioned(whole_ && !other.whole_);
  return {shape_, combined_boxes(*this, other, Operation::subtract)};
}

PartitionSet PartitionSet::complement() const {
  return all(shape_).minus(*this);
}

bool PartitionSet::intersects(const PartitionSet& other) const {
  if (shape_.empty()) return whole_ && other.whole_;
  return meet(section_of(*this), section_of(other));
}

bool PartitionSet::includes(const PartitionSet& other) const {
  return other.minus(*this).empty();
}

}  // namespace partita
