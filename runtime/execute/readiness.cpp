#include "execute/readiness.hpp"

#include <algorithm>
#include <deque>
#include <numeric>
#include <utility>

namespace partita {

Readiness::Readiness(const Plan& plan, const DimensionCaps* caps)
    : plan_(plan),
      caps_(caps),
      assets_(plan.assets.size()),
      children_(plan.assets.size()),
      order_(plan.assets.size()) {
  std::iota(order_.rbegin(), order_.rend(), std::size_t{0});
  std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
    const int first = plan.assets[a].def.policy.priority;
    const int second = plan.assets[b].def.policy.priority;
    return first != second ? first > second : a > b;
  });
  for (std::size_t i = 0; i < plan.assets.size(); ++i) {
    assets_[i].pending = assets_[i].waiting = plan.assets[i].targets;
    for (const PlannedDependency& dep : plan.assets[i].deps) {
      children_[dep.upstream].push_back({i, dep.mapping.get()});
    }
    if (takes_batches(i)) prepare_batches(i);
  }
  for (std::size_t i = 0; i < assets_.size(); ++i) make_ready(i, PartitionSet(assets_[i].waiting));
}

void Readiness::prepare_batches(std::size_t asset) {
  AssetState& state = assets_[asset];
  for (const PlannedDependency& dep : plan_.assets[asset].deps) {
    if (dep.upstream == asset) state.own_mapping = dep.mapping.get();
  }
  std::vector<Run> stretches;
  state.waiting.for_each_run([&](Run run) {
    by_slot(asset, run, [&](ReadySlot, Run part) { stretches.push_back(part); });
    return true;
  });
  state.chunks = BatchChunks(stretches, plan_.assets[asset].def.policy.batch,
                             PartitionSet::none(state.waiting.shape()));
}

ReadySlot Readiness::slot_of(std::size_t asset, Index partition) const {
  const Listing& listing = plan_.assets[asset].listing;
  return {listing.empty() ? 0 : first_part(listing, {partition, partition + 1}).place,
          caps_ == nullptr ? 0 : caps_->lane_of(asset, partition)};
}

// The parts of a run that are each of one slot.
template <class Visit>
void Readiness::by_slot(std::size_t asset, Run run, const Visit& visit) const {
  const Listing& listing = plan_.assets[asset].listing;
  while (run.begin < run.end) {
    ListedRun part{run, 0};
    if (!listing.empty()) part = first_part(listing, run);
    if (caps_ != nullptr) part.run.end = std::min(part.run.end, caps_->lane_end(asset, run.begin));
    visit({part.place, caps_ == nullptr ? 0 : caps_->lane_of(asset, run.begin)}, part.run);
    run.begin = part.run.end;
  }
}

void Readiness::make_ready(std::size_t asset, const PartitionSet& candidates) {
  AssetState& state = assets_[asset];
  PartitionSet ready = candidates.intersected(state.waiting);
  for (const PlannedDependency& dep : plan_.assets[asset].deps) {
    if (ready.empty()) return;
    if (takes_batches(asset) && dep.upstream == asset) continue;
    ready = ready.minus(dep.mapping->downstream_of(assets_[dep.upstream].pending));
  }
  if (takes_batches(asset)) return make_batches_ready(asset, ready);
  state.waiting = state.waiting.minus(ready);
  ready.for_each_run([&](Run run) {
    by_slot(asset, run, [&](ReadySlot slot, Run part) { state.ready.add(slot, {part, 1}); });
    return true;
  });
}

void Readiness::make_batches_ready(std::size_t asset, const PartitionSet& ready) {
  AssetState& state = assets_[asset];
  state.chunks.count(ready);
  // What waits for partitions of its own asset stays where a failure of those finds it.
  if (state.own_mapping == nullptr) state.waiting = state.waiting.minus(ready);
  release_whole(asset, ready);
}

void Readiness::release_whole(std::size_t asset, const PartitionSet& candidates) {
  AssetState& state = assets_[asset];
  state.chunks.for_each_of(candidates, [&](BatchChunks::Chunk& chunk) {
    if (!chunk.is_whole()) return;
    const PartitionSet left = state.chunks.left_of(chunk);
    const bool needs_others =
        state.own_mapping != nullptr &&
        state.own_mapping->downstream_of(state.pending.minus(left)).intersects(left);
    if (!needs_others) release(asset, chunk);
  });
}

void Readiness::release(std::size_t asset, BatchChunks::Chunk& chunk) {
  AssetState& state = assets_[asset];
  const PartitionSet left = state.chunks.left_of(chunk);
  chunk.released = true;
  state.waiting = state.waiting.minus(left);
  left.for_each_run([&](Run run) {
    state.ready.add(slot_of(asset, run.begin), {run, 1});
    return true;
  });
}

void Readiness::put_back(const Start& start) {
  assets_[start.asset].ready.put_back(slot_of(start.asset, start.partitions.begin),
                                      {start.partitions, start.attempt});
}

void Readiness::succeeded(std::size_t asset, const PartitionSet& partitions) {
  if (children_[asset].empty()) return;  // nobody asks what is pending
  assets_[asset].pending = assets_[asset].pending.minus(partitions);
  for (const Child& child : children_[asset])
    make_ready(child.asset, child.mapping->downstream_of(partitions));
}

void Readiness::take_out(std::size_t asset, const PartitionSet& partitions) {
  AssetState& state = assets_[asset];
  state.waiting = state.waiting.minus(partitions);
  if (!takes_batches(asset)) return;
  state.chunks.take_out(partitions);
  release_whole(asset, partitions);
}

std::vector<Readiness::Withheld> Readiness::failed(std::size_t asset,
                                                   const PartitionSet& partitions) {
  std::vector<Withheld> withheld;
  std::deque<std::pair<std::size_t, PartitionSet>> frontier{{asset, partitions}};
  while (!frontier.empty()) {
    auto [from, failed] = std::move(frontier.front());
    frontier.pop_front();
    for (const Child& child : children_[from]) {
      PartitionSet held =
          child.mapping->downstream_of(failed).intersected(assets_[child.asset].waiting);
      if (held.empty()) continue;
      take_out(child.asset, held);
      withheld.push_back({child.asset, held, from, failed});
      frontier.emplace_back(child.asset, std::move(held));
    }
  }
  return withheld;
}

PartitionSet Readiness::not_popped(std::size_t asset) const {
  const AssetState& state = assets_[asset];
  std::vector<Run> runs;
  state.ready.for_each([&](const ReadyRun& ready) { runs.push_back(ready.run); });
  PartitionSet all = PartitionSet::of_runs(state.waiting.shape(), std::move(runs));
  if (takes_batches(asset)) all = all.united(state.chunks.not_released());
  return all.united(state.waiting);
}

PartitionSet Readiness::give_up(std::size_t asset) {
  AssetState& state = assets_[asset];
  PartitionSet all = not_popped(asset);
  state.waiting = PartitionSet::none(state.waiting.shape());
  state.ready.clear();
  state.chunks.release_all();
  return all;
}

bool Readiness::has_ready() const {
  return std::any_of(assets_.begin(), assets_.end(),
                     [](const AssetState& state) { return !state.ready.empty(); });
}

Index Readiness::not_started() const {
  Index total = 0;
  for (std::size_t i = 0; i < assets_.size(); ++i) total += not_popped(i).count();
  return total;
}

}  // namespace partita
