#include "plan/newer_inputs.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "plan/moments.hpp"

namespace partita {
namespace {

// From when to when a partition was what it is now: of the same version, or not there. Whoever read
// it then is up to date.
std::vector<Run> times_as_now(const MadeVersions& versions) {
  const MadeVersions::Change& now = versions.changes.back();
  std::vector<Run> times;
  if (now.gone) times.push_back({0, versions.changes.front().seq});
  for (std::size_t i = 0; i < versions.changes.size(); ++i) {
    const MadeVersions::Change& then = versions.changes[i];
    if (then.gone != now.gone || (!now.gone && then.version != now.version)) continue;
    const bool last = i + 1 == versions.changes.size();
    times.push_back({then.seq, last ? INT64_MAX : versions.changes[i + 1].seq});
  }
  return times;
}

bool holds(const std::vector<Run>& times, std::int64_t seq) {
  return std::any_of(times.begin(), times.end(),
                     [&](Run time) { return time.begin <= seq && seq < time.end; });
}

// Of what an upstream partition that has changed back is an input of, that which read it when it
// was something else. Partitions that changed at the same times are asked about together.
PartitionSet that_read_another(const Made& made, const std::vector<Index>& shape,
                               const Mapping& mapping, const std::vector<Index>& upstream_shape,
                               std::span<const MadeVersions> history) {
  std::map<std::vector<Run>, std::vector<Index>> by_times;
  for (const MadeVersions& versions : history)
    by_times[times_as_now(versions)].push_back(versions.index);
  PartitionSet found = PartitionSet::none(shape);
  for (auto& [times, indices] : by_times) {
    std::vector<Run> runs;
    for (const MadeStretch& stretch : made.stretches) {
      if (!holds(times, stretch.read_seq)) runs.push_back(stretch.indices);
    }
    const PartitionSet upstream = PartitionSet::of_indices(upstream_shape, std::move(indices));
    found = found.united(
        PartitionSet::of_runs(shape, std::move(runs)).intersected(mapping.downstream_of(upstream)));
  }
  return found;
}

// Partitions of an asset that reads itself may be made by one call, in order: each reads those
// before it as the call has just made them, though what the call had read is older. Such pairs are
// told by the moment at which both began to read. Leaves in `found` what also has an upstream
// partition of another call that `matters` to what read at some moment.
template <class Matters>
PartitionSet without_own_call(const PartitionSet& found, const Made& made, const Mapping& mapping,
                              const Matters& matters) {
  std::map<std::int64_t, std::vector<Run>> by_call;
  const auto for_each_stretch = [&](Run run, const auto& visit) {
    auto at = std::upper_bound(
        made.stretches.begin(), made.stretches.end(), run.begin,
        [](Index index, const MadeStretch& stretch) { return index < stretch.indices.end; });
    for (; at != made.stretches.end() && at->indices.begin < run.end; ++at) {
      visit(*at, Run{std::max(run.begin, at->indices.begin), std::min(run.end, at->indices.end)});
    }
    return true;
  };
  found.for_each_run([&](Run run) {
    return for_each_stretch(run, [&](const MadeStretch& stretch, Run part) {
      by_call[stretch.read_seq].push_back(part);
    });
  });
  std::vector<Run> left;
  for (auto& [read_seq, runs] : by_call) {
    const PartitionSet read = PartitionSet::of_runs(found.shape(), std::move(runs));
    std::vector<Run> others;
    mapping.upstream_of(read).existing.for_each_run([&](Run run) {
      return for_each_stretch(run, [&](const MadeStretch& stretch, Run part) {
        if (stretch.read_seq != read_seq && matters(stretch, read_seq)) others.push_back(part);
      });
    });
    if (others.empty()) continue;
    const PartitionSet upstream = PartitionSet::of_runs(found.shape(), std::move(others));
    read.intersected(mapping.downstream_of(upstream)).for_each_run([&](Run run) {
      left.push_back(run);
      return true;
    });
  }
  return PartitionSet::of_runs(found.shape(), std::move(left));
}

std::vector<Moment> reads_of(const Made& made) {
  std::vector<Moment> reads;
  reads.reserve(made.stretches.size());
  for (const MadeStretch& stretch : made.stretches)
    reads.push_back({stretch.read_seq, stretch.indices});
  return in_order(std::move(reads));
}

// Partitions of an asset that reads itself whose own call made what is gone by now.
PartitionSet of_the_call_of(std::span<const GoneStretch> gone, const Made& made,
                            const std::vector<Index>& shape, const Mapping& mapping) {
  std::map<std::int64_t, std::pair<std::vector<Run>, std::vector<Run>>> by_call;
  for (const GoneStretch& stretch : gone)
    by_call[stretch.read_seq].first.push_back(stretch.indices);
  for (const MadeStretch& stretch : made.stretches) {
    const auto call = by_call.find(stretch.read_seq);
    if (call != by_call.end()) call->second.second.push_back(stretch.indices);
  }
  PartitionSet found = PartitionSet::none(shape);
  for (auto& [read_seq, runs] : by_call) {
    const PartitionSet upstream = PartitionSet::of_runs(shape, std::move(runs.first));
    found = found.united(PartitionSet::of_runs(shape, std::move(runs.second))
                             .intersected(mapping.downstream_of(upstream)));
  }
  return found;
}

// One asset, and one of those that it reads.
class Comparison {
 public:
  Comparison(const Made& made, const std::vector<Index>& shape, const Made& inputs,
             const std::vector<Index>& upstream_shape, const AssetDef& upstream,
             const Mapping& mapping, const World& world)
      : made_(made),
        shape_(shape),
        inputs_(inputs),
        upstream_shape_(upstream_shape),
        upstream_(upstream),
        mapping_(mapping),
        world_(world),
        reads_(reads_of(made)) {}

  Result<PartitionSet> changed() {
    std::vector<Moment> changes, reverted;
    for (const MadeStretch& stretch : inputs_.stretches)
      (stretch.reverted ? reverted : changes).push_back({stretch.changed_seq, stretch.indices});
    PartitionSet found = that_read_before(std::move(changes));
    if (is_itself()) {
      found = without_own_call(found, made_, mapping_, [](const MadeStretch& input, auto read) {
        return !input.reverted && input.changed_seq > read;
      });
    }
    if (reverted.empty()) return found;
    Result<PartitionSet> other = that_read_another_of(set_of(upstream_shape_, reverted));
    if (!other) return other;
    if (is_itself()) {
      other = without_own_call(*other, made_, mapping_,
                               [](const MadeStretch& input, auto) { return input.reverted; });
    }
    return found.united(*other);
  }

  // Who read it before it became what was wiped may have found nothing, or something else: what
  // there was then is in its history.
  Result<PartitionSet> gone() {
    if (inputs_.gone.empty()) return PartitionSet::none(shape_);
    std::vector<Moment> all, begun;
    for (const GoneStretch& stretch : inputs_.gone) {
      all.push_back({stretch.gone_seq, stretch.indices});
      begun.push_back({stretch.changed_seq, stretch.indices});
    }
    const PartitionSet gone = set_of(upstream_shape_, all);
    const PartitionSet early = that_read_before(std::move(begun));
    const PartitionSet unclear = mapping_.upstream_of(early).existing.intersected(gone);
    PartitionSet found = that_read_before(without(std::move(all), unclear));
    if (!unclear.empty()) {
      Result<PartitionSet> other = that_read_another_of(unclear);
      if (!other) return other;
      found = found.united(*other);
    }
    if (!is_itself()) return found;
    return found.united(of_the_call_of(inputs_.gone, made_, shape_, mapping_));
  }

 private:
  bool is_itself() const { return &inputs_ == &made_; }

  PartitionSet that_read_before(std::vector<Moment> moments) const {
    return read_before(reads_, std::move(moments), mapping_, shape_, upstream_shape_);
  }

  Result<PartitionSet> that_read_another_of(const PartitionSet& partitions) const {
    auto history = world_.versions(upstream_, partitions);
    if (!history) return std::move(history).error();
    return that_read_another(made_, shape_, mapping_, upstream_shape_, *history);
  }

  std::vector<Moment> without(std::vector<Moment> moments, const PartitionSet& partitions) const {
    if (partitions.empty()) return moments;
    std::vector<Moment> left;
    for (const Moment& moment : moments) {
      PartitionSet::of_runs(upstream_shape_, {moment.indices})
          .minus(partitions)
          .for_each_run([&](Run run) {
            left.push_back({moment.seq, run});
            return true;
          });
    }
    return left;
  }

  const Made& made_;
  const std::vector<Index>& shape_;
  const Made& inputs_;
  const std::vector<Index>& upstream_shape_;
  const AssetDef& upstream_;
  const Mapping& mapping_;
  const World& world_;
  const std::vector<Moment> reads_;
};

}  // namespace

Result<Outdated> outdated(const Made& made, const std::vector<Index>& shape,
                          const AssetDef& upstream, const Mapping& mapping, const World& world) {
  Result<SpacePtr> space = world.space(upstream);
  if (!space) return std::move(space).error();
  Result<const Made*> inputs = world.made(upstream);
  if (!inputs) return std::move(inputs).error();
  const std::vector<Index> upstream_shape = (*space)->shape();
  Comparison comparison(made, shape, **inputs, upstream_shape, upstream, mapping, world);
  Result<PartitionSet> changed = comparison.changed();
  if (!changed) return std::move(changed).error();
  Result<PartitionSet> gone = comparison.gone();
  if (!gone) return std::move(gone).error();
  return Outdated{*std::move(changed), *std::move(gone)};
}

}  // namespace partita
