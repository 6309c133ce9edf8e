// Mappings between products of dimensions: box by box, each side by its dimension's mapping.
#include <algorithm>

#include "partitions/mapping_kinds.hpp"

namespace partita {
namespace {

// What the side of the last box came to, for each part: boxes are sorted, so the next one's is
// often the same.
template <class Answer>
struct LastSide {
  std::optional<Run> side;
  Answer answer;
};
template <class Answer>
using LastSides = std::vector<LastSide<Answer>>;

// Writes every combination of one run from each of `sides` to `boxes`.
void append_boxes(const std::vector<std::span<const Run>>& sides, std::vector<Run>& boxes) {
  std::vector<std::size_t> at(sides.size(), 0);
  if (std::ranges::any_of(sides, [](const auto& side) { return side.empty(); })) return;
  while (true) {
    for (std::size_t d = 0; d < sides.size(); ++d) boxes.push_back(sides[d][at[d]]);
    std::size_t d = sides.size();
    while (d > 0 && ++at[d - 1] == sides[d - 1].size()) at[--d] = 0;
    if (d == 0) return;
  }
}

// The upstream keys that a box needs and that do not exist: at least one part is missing.
class MissingKeys {
 public:
  struct Side {
    const DimensionSpace* keys;
    std::span<const Run> existing;
    std::span<const std::string> missing;
  };

  MissingKeys(const std::vector<Side>& sides, std::vector<std::string>& names)
      : sides_(sides), names_(names) {}

  void collect() { extend(0, {}, false); }

 private:
  bool full() const { return names_.size() >= kMissingKeysShown; }

  void extend(std::size_t dimension, const std::string& prefix, bool missing) {
    if (full()) return;
    if (dimension == sides_.size()) {
      if (missing && std::ranges::find(names_, prefix) == names_.end()) names_.push_back(prefix);
      return;
    }
    const Side& side = sides_[dimension];
    const std::string lead = dimension == 0 ? prefix : prefix + "|";
    for (const std::string& key : side.missing) extend(dimension + 1, lead + key, true);
    if (!missing && !any_missing_after(dimension)) return;
    for (const Run& run : side.existing) {
      for (Index i = run.begin; i < run.end && !full(); ++i) {
        extend(dimension + 1, lead + side.keys->key_at(i), missing);
      }
    }
  }

  bool any_missing_after(std::size_t dimension) const {
    return std::any_of(sides_.begin() + static_cast<std::ptrdiff_t>(dimension) + 1, sides_.end(),
                       [](const Side& side) { return !side.missing.empty(); });
  }

  const std::vector<Side>& sides_;
  std::vector<std::string>& names_;
};

class ProductMapping final : public Mapping {
 public:
  ProductMapping(SpacePtr upstream, SpacePtr downstream, std::vector<DimensionMapping> parts)
      : upstream_(std::move(upstream)),
        downstream_(std::move(downstream)),
        upstream_whole_(whole_sides(*upstream_)),
        downstream_whole_(whole_sides(*downstream_)),
        parts_(std::move(parts)) {}

  UpstreamPartitions upstream_of(const PartitionSet& downstream) const override {
    LastSides<UpstreamPartitions> last(parts_.size());
    std::vector<Run> existing;
    std::vector<Run> blocked;
    UpstreamPartitions result;
    downstream.for_each_box([&](std::span<const Run> box) {
      std::vector<const UpstreamPartitions*> answers(parts_.size());
      for (std::size_t i = 0; i < parts_.size(); ++i) {
        answers[i] = &upstream_of(parts_[i], box, last[i]);
      }
      append_upstream(answers, existing, result.nonexistent);
      append_blocked(answers, box, blocked);
      return true;
    });
    result.existing = PartitionSet::of_boxes(upstream_->shape(), std::move(existing));
    result.blocked_downstream = PartitionSet::of_boxes(downstream_->shape(), std::move(blocked));
    return result;
  }

  PartitionSet downstream_of(const PartitionSet& upstream) const override {
    LastSides<PartitionSet> last(parts_.size());
    std::vector<Run> boxes;
    upstream.for_each_box([&](std::span<const Run> box) {
      Sides sides = sides_of(downstream_whole_);
      for (std::size_t i = 0; i < parts_.size(); ++i) {
        const DimensionMapping& part = parts_[i];
        const PartitionSet& answer = downstream_of(part, box[part.upstream], last[i]);
        if (part.downstream) sides[*part.downstream] = answer.sides();
        if (answer.empty()) return true;
      }
      append_boxes(sides, boxes);
      return true;
    });
    return PartitionSet::of_boxes(downstream_->shape(), std::move(boxes));
  }

 private:
  using Sides = std::vector<std::span<const Run>>;

  static Sides sides_of(std::span<const Run> box) {
    Sides sides;
    for (const Run& side : box) sides.emplace_back(&side, 1);
    return sides;
  }

  static std::vector<Run> whole_sides(const PartitionSpace& space) {
    std::vector<Run> sides;
    for (const Index size : space.shape()) sides.push_back({0, size});
    return sides;
  }

  const UpstreamPartitions& upstream_of(const DimensionMapping& part, std::span<const Run> box,
                                        LastSide<UpstreamPartitions>& last) const {
    const Run side = part.downstream ? box[*part.downstream] : Run{0, 1};
    if (last.side != side) {
      std::vector<Index> shape;
      if (part.downstream) shape.push_back(downstream_->shape()[*part.downstream]);
      last.answer = part.mapping->upstream_of(PartitionSet::of_runs(std::move(shape), {side}));
      last.side = side;
    }
    return last.answer;
  }

  const PartitionSet& downstream_of(const DimensionMapping& part, Run side,
                                    LastSide<PartitionSet>& last) const {
    if (last.side != side) {
      const Index size = upstream_->shape()[part.upstream];
      last.answer = part.mapping->downstream_of(PartitionSet::of_runs({size}, {side}));
      last.side = side;
    }
    return last.answer;
  }

  void append_upstream(const std::vector<const UpstreamPartitions*>& answers,
                       std::vector<Run>& existing, std::vector<std::string>& nonexistent) const {
    Sides sides = sides_of(upstream_whole_);
    bool any_missing = false;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      sides[parts_[i].upstream] = answers[i]->existing.sides();
      any_missing = any_missing || !answers[i]->nonexistent.empty();
    }
    append_boxes(sides, existing);
    if (any_missing) name_missing(answers, sides, nonexistent);
  }

  void name_missing(const std::vector<const UpstreamPartitions*>& answers, const Sides& existing,
                    std::vector<std::string>& nonexistent) const {
    std::vector<MissingKeys::Side> sides(existing.size());
    for (std::size_t d = 0; d < existing.size(); ++d) {
      sides[d] = {&upstream_->dimension(d), existing[d], {}};
    }
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      sides[parts_[i].upstream].missing = answers[i]->nonexistent;
    }
    MissingKeys(sides, nonexistent).collect();
  }

  // A partition is blocked where one of its dimensions is and the others need something, too: what
  // maps to nothing in one dimension needs nothing at all.
  void append_blocked(const std::vector<const UpstreamPartitions*>& answers,
                      std::span<const Run> box, std::vector<Run>& blocked) const {
    const auto is_blocked = [](const auto* answer) { return !answer->blocked_downstream.empty(); };
    if (std::ranges::none_of(answers, is_blocked) || leaves_empty_dimension()) return;
    std::vector<PartitionSet> needing;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const PartitionSet served = parts_[i].mapping->downstream_of(answers[i]->existing);
      needing.push_back(served.united(answers[i]->blocked_downstream));
      if (needing.back().empty()) return;
    }
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (is_blocked(answers[i])) append_blocked_by(i, *answers[i], needing, box, blocked);
    }
  }

  void append_blocked_by(std::size_t part, const UpstreamPartitions& answer,
                         const std::vector<PartitionSet>& needing, std::span<const Run> box,
                         std::vector<Run>& blocked) const {
    std::vector<PartitionSet> sets(box.size());
    for (std::size_t d = 0; d < box.size(); ++d) {
      sets[d] = PartitionSet::of_runs({downstream_->shape()[d]}, {box[d]});
    }
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (!parts_[i].downstream) continue;
      const PartitionSet& kept = i == part ? answer.blocked_downstream : needing[i];
      sets[*parts_[i].downstream] = sets[*parts_[i].downstream].intersected(kept);
    }
    const PartitionSet product = PartitionSet::product(sets);
    blocked.insert(blocked.end(), product.sides().begin(), product.sides().end());
  }

  // Whether an upstream dimension in no part has no keys, so that there is nothing to need.
  bool leaves_empty_dimension() const {
    for (std::size_t d = 0; d < upstream_->rank(); ++d) {
      const bool in_part = std::ranges::any_of(
          parts_, [d](const DimensionMapping& part) { return part.upstream == d; });
      if (!in_part && upstream_->shape()[d] == 0) return true;
    }
    return false;
  }

  SpacePtr upstream_;
  SpacePtr downstream_;
  std::vector<Run> upstream_whole_;  // every dimension from its first key to its last
  std::vector<Run> downstream_whole_;
  std::vector<DimensionMapping> parts_;
};

}  // namespace

MappingPtr make_product_mapping(SpacePtr upstream, SpacePtr downstream,
                                std::vector<DimensionMapping> parts) {
  return std::make_shared<ProductMapping>(std::move(upstream), std::move(downstream),
                                          std::move(parts));
}

}  // namespace partita
