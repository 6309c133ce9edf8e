// Walking a PartitionSet: boxes, runs of linear indices, single indices.
#include "partitions/set.hpp"
#include "partitions/set_boxes.hpp"

namespace partita {
namespace {

// Joins runs of linear indices that follow each other directly before they are shown.
class LinearWalk {
 public:
  LinearWalk(const PartitionSet& set, const std::function<bool(Run)>& visit)
      : shape_(set.shape()), strides_(strides_of(shape_)), visit_(visit) {}

  void walk(const BoxSection& all) {
    if (section(all, 0)) flush();
  }

 private:
  // False once the callback wants no more.
  bool section(const BoxSection& boxes, Index base) {
    const Index stride = strides_[boxes.depth];
    for (std::size_t box = 0; box < boxes.count; box = boxes.slab_end(box)) {
      const Run side = boxes.side(box);
      if (boxes.innermost() || is_whole(boxes.cross_section(box))) {
        if (!emit({base + side.begin * stride, base + side.end * stride})) return false;
        continue;
      }
      const BoxSection cross = boxes.cross_section(box);
      for (Index row = side.begin; row < side.end; ++row) {
        if (!section(cross, base + row * stride)) return false;
      }
    }
    return true;
  }

  bool is_whole(const BoxSection& boxes) const {
    if (boxes.count != 1) return false;
    for (std::size_t d = boxes.depth; d < boxes.rank; ++d) {
      if (boxes.sides[d] != Run{0, shape_[d]}) return false;
    }
    return true;
  }

  bool emit(Run run) {
    if (pending_.size() > 0 && pending_.end == run.begin) {
      pending_.end = run.end;
      return true;
    }
    const bool more = flush();
    pending_ = run;
    return more;
  }

  bool flush() {
    const Run run = pending_;
    pending_ = {};
    return run.size() == 0 || visit_(run);
  }

  std::span<const Index> shape_;
  std::vector<Index> strides_;
  const std::function<bool(Run)>& visit_;
  Run pending_;
};

}  // namespace

void PartitionSet::for_each_run(const std::function<bool(Run)>& visit) const {
  if (empty()) return;
  if (shape_.empty()) {
    visit({0, 1});
    return;
  }
  LinearWalk(*this, visit).walk({sides_.data(), box_count(), shape_.size(), 0});
}

void PartitionSet::for_each(const std::function<bool(Index)>& visit) const {
  for_each_run([&](Run run) {
    for (Index index = run.begin; index < run.end; ++index) {
      if (!visit(index)) return false;
    }
    return true;
  });
}

void PartitionSet::for_each_box(const std::function<bool(std::span<const Run>)>& visit) const {
  for (std::size_t box = 0; box < box_count(); ++box) {
    if (!visit(std::span(sides_).subspan(box * shape_.size(), shape_.size()))) return;
  }
}

}  // namespace partita
