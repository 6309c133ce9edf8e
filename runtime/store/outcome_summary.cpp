#include "store/outcome_summary.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace partita {

namespace {

constexpr std::uint8_t kMaterialized = 8;
constexpr std::uint8_t kOutcomeMask = 7;
constexpr unsigned kMarkBits = 4;

// Bounds the memory of pending updates; each settling costs one pass over the stretches.
constexpr std::size_t kMostPending = 1U << 18U;

Index size_of(const std::vector<Index>& shape) {
  Index size = 1;
  for (const Index side : shape) size *= side;
  return size;
}

}  // namespace

OutcomeSummary::OutcomeSummary(std::vector<Index> shape) : shape_(std::move(shape)) {
  extend(stretches_, size_of(shape_), 0);
}

void OutcomeSummary::extend(std::vector<Stretch>& stretches, Index length, Mark mark) {
  if (length <= 0) return;
  if (!stretches.empty() && stretches.back().mark == mark) {
    stretches.back().end += length;
    return;
  }
  const Index begin = stretches.empty() ? 0 : stretches.back().end;
  stretches.push_back({begin + length, mark});
}

void OutcomeSummary::update(Index index, Outcome last, bool materialized) {
  const auto mark =
      static_cast<Mark>(static_cast<unsigned>(last) | (materialized ? kMaterialized : 0U));
  pending_.push_back({index, static_cast<std::uint32_t>(pending_.size()), mark});
  if (pending_.size() >= kMostPending) settle();
}

void OutcomeSummary::settle() {
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
      for (; next != pending_.end() && next->index == index; ++next) {
        mark = static_cast<Mark>((mark & kMaterialized) | next->mark);
      }
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

void OutcomeSummary::reshape(std::vector<Index> shape) {
  settle();
  if (size_of(shape) == 0 || size_of(shape_) == 0) {
    *this = OutcomeSummary(std::move(shape));
    return;
  }
  // From the fastest dimension to the slowest: what is inside of a group has its new size already.
  Index inner = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] != shape_[i]) resize_groups(shape_[i] * inner, shape[i] * inner);
    inner *= shape[i];
  }
  shape_ = std::move(shape);
}

// Every `from` partitions in a row become `to`, by leaving out the last or adding to them.
void OutcomeSummary::resize_groups(Index from, Index to) {
  std::vector<Stretch> resized;
  Index at = 0;
  for (const Stretch& stretch : stretches_) {
    while (at < stretch.end) {
      const Index offset = at % from;
      const Index length = std::min(stretch.end - at, from - offset);
      extend(resized, std::min(length, to - offset), stretch.mark);
      at += length;
      if (at % from == 0) extend(resized, to - from, 0);
    }
  }
  stretches_ = std::move(resized);
}

template <class Predicate>
PartitionSet OutcomeSummary::where(const Predicate& holds) {
  settle();
  std::vector<Run> runs;
  Index begin = 0;
  for (const Stretch& stretch : stretches_) {
    if (holds(stretch.mark)) runs.push_back({begin, stretch.end});
    begin = stretch.end;
  }
  return PartitionSet::of_runs(shape_, std::move(runs));
}

Index OutcomeSummary::attempted() {
  settle();
  Index count = 0;
  Index begin = 0;
  for (const Stretch& stretch : stretches_) {
    if (stretch.mark != 0) count += stretch.end - begin;
    begin = stretch.end;
  }
  return count;
}

PartitionSet OutcomeSummary::having(Outcome last) {
  return where([last](Mark mark) { return (mark & kOutcomeMask) == static_cast<Mark>(last); });
}

PartitionSet OutcomeSummary::materialized() {
  return where([](Mark mark) { return (mark & kMaterialized) != 0; });
}

std::string OutcomeSummary::encode() {
  settle();
  ByteWriter out;
  Index begin = 0;
  for (const Stretch& stretch : stretches_) {
    out.u64(static_cast<std::uint64_t>(stretch.end - begin) << kMarkBits | stretch.mark);
    begin = stretch.end;
  }
  return out.take();
}

std::optional<OutcomeSummary> OutcomeSummary::decode(std::vector<Index> shape,
                                                     std::string_view bytes) {
  OutcomeSummary summary({0});
  const Index size = size_of(shape);
  Index covered = 0;
  ByteReader in(bytes);
  summary.stretches_.reserve(bytes.size());
  while (!in.done()) {
    const std::uint64_t number = in.u64();
    const auto length = static_cast<Index>(number >> kMarkBits);
    if (!in.ok() || length <= 0 || length > size - covered) return std::nullopt;
    extend(summary.stretches_, length, static_cast<Mark>(number & 0x0fU));
    covered += length;
  }
  if (covered != size) return std::nullopt;
  summary.shape_ = std::move(shape);
  return summary;
}

}  // namespace partita
