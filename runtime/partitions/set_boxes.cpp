#include "partitions/set_boxes.hpp"

#include <algorithm>
#include <limits>
#include <ranges>

namespace partita {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

class LinearRuns {
 public:
  LinearRuns(std::span<const Index> shape, BoxWriter& out)
      : shape_(shape), strides_(strides_of(shape)), out_(out) {}

  void put(std::span<const Run> runs, std::size_t depth) {
    if (depth + 1 == shape_.size()) {
      for (const Run& run : runs) out_.put(run);
      return;
    }
    std::vector<Run> row;
    Index row_number = -1;
    const Index stride = strides_[depth];
    for (Run rest : runs) {
      while (rest.size() > 0) {
        const Index number = rest.begin / stride;
        if (number != row_number) put_row(row, row_number, depth);
        row_number = number;
        rest = take_front(rest, number, row, depth);
      }
    }
    put_row(row, row_number, depth);
  }

 private:
  // Writes whole rows at once, and keeps a part of one for put_row. Returns what is left.
  Run take_front(Run rest, Index number, std::vector<Run>& row, std::size_t depth) {
    const Index stride = strides_[depth];
    const Index offset = rest.begin - number * stride;
    if (offset == 0 && rest.size() >= stride) {
      const Index rows_end = number + rest.size() / stride;
      put_whole({number, rows_end}, depth);
      return {rows_end * stride, rest.end};
    }
    const Index size = std::min(stride - offset, rest.size());
    row.push_back({offset, offset + size});
    return {rest.begin + size, rest.end};
  }

  void put_row(std::vector<Run>& row, Index number, std::size_t depth) {
    if (row.empty()) return;
    out_.open(depth, {number, number + 1});
    put(row, depth + 1);
    out_.close(depth);
    row.clear();
  }

  void put_whole(Run rows, std::size_t depth) {
    if (depth + 1 == shape_.size()) return out_.put(rows);
    out_.open(depth, rows);
    put_whole({0, shape_[depth + 1]}, depth + 1);
    out_.close(depth);
  }

  std::span<const Index> shape_;
  std::vector<Index> strides_;
  BoxWriter& out_;
};

using BoxList = std::vector<const Run*>;

void put_sorted_runs(const BoxList& boxes, std::size_t depth, BoxWriter& out) {
  for (const Run* box : boxes) out.put(box[depth]);
}

// Where the boxes that are open at the present position stop being all and only those.
Index next_cut(const BoxList& open, const BoxList& boxes, std::size_t next, std::size_t depth) {
  Index cut = next < boxes.size() ? boxes[next][depth].begin : std::numeric_limits<Index>::max();
  for (const Run* box : open) cut = std::min(cut, box[depth].end);
  return cut;
}

void put_boxes(BoxList boxes, std::size_t rank, std::size_t depth, BoxWriter& out) {
  std::sort(boxes.begin(), boxes.end(),
            [depth](const Run* a, const Run* b) { return a[depth].begin < b[depth].begin; });
  if (depth + 1 == rank) return put_sorted_runs(boxes, depth, out);
  BoxList open;
  std::size_t next = 0;
  Index at = 0;
  while (next < boxes.size() || !open.empty()) {
    if (open.empty()) at = boxes[next][depth].begin;
    while (next < boxes.size() && boxes[next][depth].begin == at) open.push_back(boxes[next++]);
    const Index cut = next_cut(open, boxes, next, depth);
    out.open(depth, {at, cut});
    put_boxes(open, rank, depth + 1, out);
    out.close(depth);
    at = cut;
    std::erase_if(open, [&](const Run* box) { return box[depth].end == at; });
  }
}

}  // namespace

std::size_t BoxSection::slab_end(std::size_t box) const {
  const Run run = side(box);
  std::size_t end = box + 1;
  while (end < count && side(end) == run) ++end;
  return end;
}

BoxSection BoxSection::cross_section(std::size_t box) const {
  return {sides + box * rank, slab_end(box) - box, rank, depth + 1};
}

BoxSection BoxSection::slab_containing(Index at) const {
  const auto boxes = std::views::iota(std::size_t{0}, count);
  const auto from = *std::ranges::partition_point(boxes, [&](auto i) { return side(i).end <= at; });
  const auto to = *std::ranges::partition_point(boxes, [&](auto i) { return side(i).begin <= at; });
  return {sides + from * rank, from < to ? to - from : 0, rank, depth + 1};
}

BoxWriter::BoxWriter(std::size_t rank)
    : rank_(rank), open_(rank), begin_(rank, 0), previous_(rank, kNone) {}

void BoxWriter::open(std::size_t depth, Run run) {
  open_[depth] = run;
  begin_[depth] = box_count();
  previous_[depth + 1] = kNone;
  begin_[depth + 1] = box_count();
}

void BoxWriter::close(std::size_t depth) {
  const std::size_t begin = begin_[depth];
  if (box_count() == begin) return;
  if (!continues_previous(depth)) {
    previous_[depth] = begin;
    return;
  }
  for (std::size_t box = previous_[depth]; box < begin; ++box) {
    sides_[box * rank_ + depth].end = open_[depth].end;
  }
  sides_.resize(begin * rank_);
}

// Whether the slab just written has the cross-section of the one before it, and follows it
// directly.
bool BoxWriter::continues_previous(std::size_t depth) const {
  const std::size_t before = previous_[depth];
  const std::size_t begin = begin_[depth];
  if (before == kNone || begin - before != box_count() - begin) return false;
  if (sides_[before * rank_ + depth].end != open_[depth].begin) return false;
  for (std::size_t box = 0; box < begin - before; ++box) {
    const Run* a = &sides_[(before + box) * rank_];
    const Run* b = &sides_[(begin + box) * rank_];
    if (!std::equal(a + depth + 1, a + rank_, b + depth + 1)) return false;
  }
  return true;
}

void BoxWriter::put(Run run) {
  const bool first = box_count() == begin_[rank_ - 1];
  if (!first && sides_.back().end >= run.begin) {
    sides_.back().end = std::max(sides_.back().end, run.end);
    return;
  }
  for (std::size_t depth = 0; depth + 1 < rank_; ++depth) sides_.push_back(open_[depth]);
  sides_.push_back(run);
}

void BoxWriter::copy(const BoxSection& section) {
  for (std::size_t box = 0; box < section.count; box = section.slab_end(box)) {
    if (section.innermost()) {
      put(section.side(box));
      continue;
    }
    open(section.depth, section.side(box));
    copy(section.cross_section(box));
    close(section.depth);
  }
}

std::vector<Run> boxes_of_linear_runs(std::span<const Index> shape, std::span<const Run> runs) {
  BoxWriter out(shape.size());
  LinearRuns(shape, out).put(runs, 0);
  return std::move(out).take();
}

std::vector<Run> canonical_boxes(std::size_t rank, std::span<const Run> sides) {
  BoxList boxes;
  boxes.reserve(sides.size() / rank);
  for (std::size_t i = 0; i < sides.size(); i += rank) boxes.push_back(&sides[i]);
  BoxWriter out(rank);
  put_boxes(std::move(boxes), rank, 0, out);
  return std::move(out).take();
}

std::vector<Index> strides_of(std::span<const Index> shape) {
  std::vector<Index> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

}  // namespace partita
