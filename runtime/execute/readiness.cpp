#include "execute/readiness.hpp"

#include <algorithm>

namespace partita {

Readiness::Readiness(const Plan& plan)
    : plan_(plan), assets_(plan.assets.size()), children_(plan.assets.size()) {
  for (std::size_t i = 0; i < plan.assets.size(); ++i) {
    assets_[i].pending = assets_[i].waiting = plan.assets[i].targets;
    for (const PlannedDependency& dep : plan.assets[i].deps) {
      children_[dep.upstream].push_back({i, dep.mapping.get()});
    }
  }
  for (std::size_t i = 0; i < assets_.size(); ++i) make_ready(i, assets_[i].waiting);
}

void Readiness::make_ready(std::size_t asset, const PartitionSet& candidates) {
  AssetState& state = assets_[asset];
  PartitionSet ready = candidates.intersected(state.waiting);
  for (const PlannedDependency& dep : plan_.assets[asset].deps) {
    if (ready.empty()) return;
    ready = ready.minus(dep.mapping->downstream_of(assets_[dep.upstream].pending));
  }
  state.waiting = state.waiting.minus(ready);
  ready.for_each_run([&](Run run) {
    state.ready.push_back(run);
    return true;
  });
}

Index Readiness::take(std::deque<Run>& ready, bool last) {
  Run& run = last ? ready.back() : ready.front();
  const Index taken = last ? --run.end : run.begin++;
  if (run.size() == 0) last ? ready.pop_back() : ready.pop_front();
  return taken;
}

void Readiness::succeeded(std::size_t asset, const PartitionSet& partitions) {
  if (children_[asset].empty()) return;  // nobody asks what is pending
  assets_[asset].pending = assets_[asset].pending.minus(partitions);
  for (const Child& child : children_[asset])
    make_ready(child.asset, child.mapping->downstream_of(partitions));
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
      assets_[child.asset].waiting = assets_[child.asset].waiting.minus(held);
      withheld.push_back({child.asset, held, from, failed});
      frontier.emplace_back(child.asset, std::move(held));
    }
  }
  return withheld;
}

bool Readiness::has_ready() const {
  return std::any_of(assets_.begin(), assets_.end(),
                     [](const AssetState& state) { return !state.ready.empty(); });
}

Index Readiness::not_started() const {
  Index total = 0;
  for (const AssetState& state : assets_) {
    total += state.waiting.count();
    for (const Run& run : state.ready) total += run.size();
  }
  return total;
}

}  // namespace partita
