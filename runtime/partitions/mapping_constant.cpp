// Mappings that do not look at the partition asked for, or take it as it is.
#include "partitions/mapping_kinds.hpp"

namespace partita {
namespace {

class ConstantMapping final : public Mapping {
 public:
  ConstantMapping(PartitionSet upstream, std::vector<std::string> nonexistent,
                  std::vector<Index> downstream_shape)
      : upstream_(std::move(upstream)),
        nonexistent_(std::move(nonexistent)),
        downstream_(PartitionSet::all(std::move(downstream_shape))) {
    if (nonexistent_.size() > kMissingKeysShown) nonexistent_.resize(kMissingKeysShown);
  }

  UpstreamPartitions upstream_of(const PartitionSet& downstream) const override {
    const PartitionSet no_downstream = PartitionSet::none(downstream.shape());
    if (downstream.empty()) return {PartitionSet::none(upstream_.shape()), {}, no_downstream};
    return {upstream_, nonexistent_, nonexistent_.empty() ? no_downstream : downstream};
  }

  PartitionSet downstream_of(const PartitionSet& upstream) const override {
    return upstream.intersects(upstream_) ? downstream_ : PartitionSet::none(downstream_.shape());
  }

 private:
  PartitionSet upstream_;
  std::vector<std::string> nonexistent_;
  PartitionSet downstream_;
};

class SameMapping final : public Mapping {
 public:
  UpstreamPartitions upstream_of(const PartitionSet& downstream) const override {
    return {downstream, {}, PartitionSet::none(downstream.shape())};
  }
  PartitionSet downstream_of(const PartitionSet& upstream) const override { return upstream; }
};

}  // namespace

MappingPtr make_constant_mapping(PartitionSet upstream, std::vector<std::string> nonexistent,
                                 std::vector<Index> downstream_shape) {
  return std::make_shared<ConstantMapping>(std::move(upstream), std::move(nonexistent),
                                           std::move(downstream_shape));
}

MappingPtr make_same_mapping() {
  return std::make_shared<SameMapping>();
}

}  // namespace partita
