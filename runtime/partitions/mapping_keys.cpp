// Mappings by key text, looked up once: identity between different lists, and pairs.
#include <algorithm>

#include "partitions/mapping_kinds.hpp"

namespace partita {
namespace {

// `length` keys from `from` on are those from `to` on, one by one.
struct Stretch {
  Index from = 0;
  Index to = 0;
  Index length = 0;
};

void append(std::vector<Stretch>& stretches, Index from, Index to) {
  if (!stretches.empty()) {
    Stretch& last = stretches.back();
    if (last.from + last.length == from && last.to + last.length == to) {
      ++last.length;
      return;
    }
  }
  stretches.push_back({from, to, 1});
}

std::vector<Stretch> stretches_between(const DimensionSpace& from, const DimensionSpace& to) {
  std::vector<Stretch> stretches;
  for (Index i = 0; i < from.size(); ++i) {
    if (const auto other = to.index_of(from.key_at(i))) append(stretches, i, *other);
  }
  return stretches;
}

std::vector<Stretch> reversed(std::vector<Stretch> stretches) {
  for (Stretch& stretch : stretches) std::swap(stretch.from, stretch.to);
  std::ranges::sort(stretches, {}, &Stretch::from);
  return stretches;
}

PartitionSet image_of(const PartitionSet& set, const std::vector<Stretch>& stretches, Index size) {
  std::vector<Run> runs;
  for (const Run& run : set.sides()) {
    auto stretch = std::ranges::partition_point(
        stretches, [&](const Stretch& s) { return s.from + s.length <= run.begin; });
    for (; stretch != stretches.end() && stretch->from < run.end; ++stretch) {
      const Index begin = std::max(run.begin, stretch->from);
      const Index end = std::min(run.end, stretch->from + stretch->length);
      const Index by = stretch->to - stretch->from;
      runs.push_back({begin + by, end + by});
    }
  }
  return PartitionSet::of_runs({size}, std::move(runs));
}

class KeyMapping final : public Mapping {
 public:
  KeyMapping(const BoundDimension& upstream, const BoundDimension& downstream)
      : downstream_(downstream.keys), upstream_size_(upstream.keys->size()) {
    const bool fewer_above = upstream_size_ < downstream_->size();
    up_to_down_ = fewer_above ? stretches_between(*upstream.keys, *downstream_)
                              : reversed(stretches_between(*downstream_, *upstream.keys));
    down_to_up_ = reversed(up_to_down_);
    related_ = image_of(PartitionSet::all({upstream_size_}), up_to_down_, downstream_->size());
  }

  UpstreamPartitions upstream_of(const PartitionSet& downstream) const override {
    UpstreamPartitions result;
    result.existing = image_of(downstream, down_to_up_, upstream_size_);
    result.blocked_downstream = downstream.minus(related_);
    result.blocked_downstream.for_each([&](Index index) {
      result.nonexistent.push_back(downstream_->key_at(index));
      return result.nonexistent.size() < kMissingKeysShown;
    });
    return result;
  }

  PartitionSet downstream_of(const PartitionSet& upstream) const override {
    return image_of(upstream, up_to_down_, downstream_->size());
  }

 private:
  std::shared_ptr<const DimensionSpace> downstream_;
  Index upstream_size_;
  std::vector<Stretch> up_to_down_;  // ascending by `from`
  std::vector<Stretch> down_to_up_;
  PartitionSet related_;  // the downstream keys that are upstream keys
};

using IndexPair = std::pair<Index, Index>;

class PairsMapping final : public Mapping {
 public:
  PairsMapping(const BoundDimension& upstream, const BoundDimension& downstream,
               const MappingSpec& spec)
      : upstream_shape_(upstream.shape()), downstream_shape_(downstream.shape()) {
    for (const auto& [upstream_key, downstream_key] : spec.pairs) {
      const auto up = upstream.keys->index_of(upstream_key);
      const auto down = downstream.keys->index_of(downstream_key);
      if (!down) continue;
      if (up) {
        by_upstream_.emplace_back(*up, *down);
        by_downstream_.emplace_back(*down, *up);
      } else if (!spec.allow_missing) {
        absent_.emplace_back(*down, upstream_key);
      }
    }
    std::ranges::sort(by_upstream_);
    std::ranges::sort(by_downstream_);
    std::ranges::sort(absent_);
  }

  UpstreamPartitions upstream_of(const PartitionSet& downstream) const override {
    UpstreamPartitions result;
    result.existing = partners(downstream, by_downstream_, upstream_shape_);
    std::vector<Index> blocked;
    for (const auto& [down, key] : absent_) {
      if (!downstream.contains(down)) continue;
      blocked.push_back(down);
      const bool is_new = std::ranges::find(result.nonexistent, key) == result.nonexistent.end();
      if (is_new && result.nonexistent.size() < kMissingKeysShown)
        result.nonexistent.push_back(key);
    }
    result.blocked_downstream = PartitionSet::of_indices(downstream_shape_, std::move(blocked));
    return result;
  }

  PartitionSet downstream_of(const PartitionSet& upstream) const override {
    return partners(upstream, by_upstream_, downstream_shape_);
  }

 private:
  static PartitionSet partners(const PartitionSet& set, const std::vector<IndexPair>& pairs,
                               const std::vector<Index>& shape) {
    std::vector<Index> found;
    for (const Run& run : set.sides()) {
      auto pair = std::ranges::lower_bound(pairs, run.begin, {}, &IndexPair::first);
      for (; pair != pairs.end() && pair->first < run.end; ++pair) found.push_back(pair->second);
    }
    return PartitionSet::of_indices(shape, std::move(found));
  }

  std::vector<Index> upstream_shape_;
  std::vector<Index> downstream_shape_;
  std::vector<IndexPair> by_upstream_;                 // upstream, downstream
  std::vector<IndexPair> by_downstream_;               // downstream, upstream
  std::vector<std::pair<Index, std::string>> absent_;  // downstream, a key that is not upstream
};

}  // namespace

MappingPtr make_key_mapping(const BoundDimension& upstream, const BoundDimension& downstream) {
  return std::make_shared<KeyMapping>(upstream, downstream);
}

MappingPtr make_pairs_mapping(const BoundDimension& upstream, const BoundDimension& downstream,
                              const MappingSpec& spec) {
  return std::make_shared<PairsMapping>(upstream, downstream, spec);
}

}  // namespace partita
