#include "service/needs.hpp"

#include <algorithm>

namespace partita {

Status Needs::prepare() {
  for (const PlannedAsset& planned : plan_.assets) {
    watches_.emplace_back();
    if (planned.conditional.empty()) continue;
    Result<Watch> watched = watch(planned);
    if (!watched) return std::move(watched).error();
    watches_.back() = *std::move(watched);
  }
  return {};
}

Result<Needs::Watch> Needs::watch(const PlannedAsset& planned) {
  Watch watch;
  Result<ProvenanceFollower*> own = follow(planned.def);
  if (!own) return std::move(own).error();
  watch.own = *own;
  for (const PlannedDependency& dep : planned.deps) {
    Result<ProvenanceFollower*> upstream = follow(plan_.assets[dep.upstream].def);
    if (!upstream) return std::move(upstream).error();
    watch.inputs.push_back({*upstream, dep.mapping});
  }
  return watch;
}

Result<ProvenanceFollower*> Needs::follow(const AssetDef& asset) {
  if (const auto at = followers_.find(asset.key); at != followers_.end()) return at->second.get();
  Result<SpacePtr> space = snapshot_.space(asset);
  if (!space) return std::move(space).error();
  auto follower = store_.follow_provenance(asset.key, *std::move(space));
  if (!follower) return std::move(follower).error();
  return followers_.emplace(asset.key, *std::move(follower)).first->second.get();
}

Status Needs::catch_up() {
  const std::int64_t now = store_.last_seq();
  if (now == seq_) return {};
  for (auto& [asset, follower] : followers_) {
    if (Result<bool> taken = follower->catch_up(); !taken) return std::move(taken).error();
  }
  seq_ = now;
  return {};
}

Result<bool> Needs::needs(std::size_t asset, Index partition) {
  if (Status current = catch_up(); !current) return std::move(current).error();
  const Watch& watch = *watches_[asset];
  std::int64_t read_seq = -1;
  watch.own->for_each({partition, partition + 1},
                      [&](Run, const Provenance& made) { read_seq = made.read_seq; });
  const PartitionSet one = PartitionSet::of_index(plan_.assets[asset].space->shape(), partition);
  bool changed = false;
  for (const Input& input : watch.inputs) {
    const bool itself = input.upstream == watch.own;
    input.mapping->upstream_of(one).existing.for_each_run([&](Run run) {
      input.upstream->for_each(run, [&](Run, const Provenance& made) {
        // Of itself, one call reads what it has just made.
        const bool own_call = itself && made.read_seq == read_seq;
        changed = changed || (made.changed_seq > read_seq && !own_call);
      });
      return !changed;
    });
  }
  return changed;
}

}  // namespace partita
