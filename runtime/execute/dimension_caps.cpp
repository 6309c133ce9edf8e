#include "execute/dimension_caps.hpp"

#include <algorithm>
#include <limits>

namespace partita {

DimensionCaps::DimensionCaps(const Plan& plan, const std::map<std::string, int>& most)
    : assets_(plan.assets.size()) {
  for (std::size_t i = 0; i < plan.assets.size(); ++i) {
    for (const auto& [name, limit] : most) {
      const auto dimension = plan.assets[i].space->dimension_named(name);
      if (dimension) assets_[i].push_back(capped(plan.assets[i], *dimension, limit));
    }
  }
}

DimensionCaps::Capped DimensionCaps::capped(const PlannedAsset& planned, std::size_t dimension,
                                            int most) {
  const PartitionSpace& space = *planned.space;
  Capped capped;
  capped.most = most;
  capped.size = space.dimension(dimension).size();
  for (std::size_t i = dimension + 1; i < space.rank(); ++i) capped.stride *= space.shape()[i];
  const std::string& name = space.definition().dimensions[dimension].name;
  capped.counters.reserve(static_cast<std::size_t>(capped.size));
  for (Index i = 0; i < capped.size; ++i)
    capped.counters.push_back(counter_of(name, space.dimension(dimension).key_at(i)));
  return capped;
}

std::size_t DimensionCaps::counter_of(const std::string& dimension, const std::string& key) {
  const auto [at, added] = known_.try_emplace({dimension, key}, running_.size());
  if (added) running_.push_back(0);
  return at->second;
}

Lane DimensionCaps::lane_of(std::size_t asset, Index partition) const {
  if (assets_.empty()) return 0;
  Lane lane = 0;
  for (const Capped& capped : assets_[asset])
    lane = lane * capped.size + partition / capped.stride % capped.size;
  return lane;
}

Index DimensionCaps::lane_end(std::size_t asset, Index partition) const {
  Index end = std::numeric_limits<Index>::max();
  if (assets_.empty()) return end;
  for (const Capped& capped : assets_[asset])
    end = std::min(end, (partition / capped.stride + 1) * capped.stride);
  return end;
}

template <class Visit>
void DimensionCaps::for_each_counter(std::size_t asset, Lane lane, const Visit& visit) const {
  if (assets_.empty()) return;
  const std::vector<Capped>& dimensions = assets_[asset];
  for (auto capped = dimensions.rbegin(); capped != dimensions.rend(); ++capped) {
    visit(*capped, capped->counters[static_cast<std::size_t>(lane % capped->size)]);
    lane /= capped->size;
  }
}

bool DimensionCaps::has_room(std::size_t asset, Lane lane) const {
  bool room = true;
  for_each_counter(asset, lane, [&](const Capped& capped, std::size_t counter) {
    room = room && running_[counter] < capped.most;
  });
  return room;
}

void DimensionCaps::add(std::size_t asset, Lane lane, int change) {
  for_each_counter(asset, lane,
                   [&](const Capped&, std::size_t counter) { running_[counter] += change; });
}

bool has_dimension(const Plan& plan, std::string_view name) {
  return std::any_of(plan.assets.begin(), plan.assets.end(), [&](const PlannedAsset& asset) {
    return asset.space->dimension_named(name).has_value();
  });
}

}  // namespace partita
