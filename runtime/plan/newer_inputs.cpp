#include "plan/newer_inputs.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace partita {
namespace {

// Partitions and the moment at which they were read, or changed.
struct Moment {
  std::int64_t seq = 0;
  Run indices;
};

std::vector<Moment> in_order(std::vector<Moment> moments) {
  std::sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) {
    return a.seq != b.seq ? a.seq < b.seq : a.indices < b.indices;
  });
  return moments;
}

PartitionSet set_of(const std::vector<Index>& shape, std::span<const Moment> moments) {
  std::vector<Run> runs;
  runs.reserve(moments.size());
  for (const Moment& moment : moments) runs.push_back(moment.indices);
  return PartitionSet::of_runs(shape, std::move(runs));
}

// Joins every partition with the inputs that changed after it read them. Both sides in the order
// of time; the halves of either side that are wholly before or after the other's are joined as
// sets, so that a mapping is asked a few times for each level of halving, not for each moment.
class Join {
 public:
  Join(const Mapping& mapping, std::vector<Index> shape, std::vector<Index> upstream_shape)
      : mapping_(mapping), shape_(std::move(shape)), upstream_shape_(std::move(upstream_shape)) {}

  void join(std::span<const Moment> reads, std::span<const Moment> changes) {
    if (reads.empty() || changes.empty()) return;
    if (changes.back().seq <= reads.front().seq) return;
    if (changes.front().seq > reads.back().seq) return take(reads, changes);
    const std::int64_t middle = pivot(reads);
    const auto [early, late] = split(reads, middle);
    const auto [before, since] = split(changes, middle);
    if (!since.empty()) take(early, since);
    join(early, before);
    join(late, since);
  }

  PartitionSet result() { return PartitionSet::of_runs(shape_, std::move(runs_)); }

 private:
  // A moment that some read before and some not.
  static std::int64_t pivot(std::span<const Moment> reads) {
    const std::int64_t middle = reads[reads.size() / 2].seq;
    if (middle != reads.front().seq) return middle;
    const auto after =
        std::upper_bound(reads.begin(), reads.end(), middle,
                         [](std::int64_t seq, const Moment& moment) { return seq < moment.seq; });
    return after == reads.end() ? middle + 1 : after->seq;
  }

  static std::pair<std::span<const Moment>, std::span<const Moment>> split(
      std::span<const Moment> moments, std::int64_t seq) {
    const auto at = std::lower_bound(
        moments.begin(), moments.end(), seq,
        [](const Moment& moment, std::int64_t wanted) { return moment.seq < wanted; });
    const auto count = static_cast<std::size_t>(at - moments.begin());
    return {moments.first(count), moments.subspan(count)};
  }

  void take(std::span<const Moment> reads, std::span<const Moment> changes) {
    const PartitionSet downstream = mapping_.downstream_of(set_of(upstream_shape_, changes));
    if (downstream.empty()) return;
    set_of(shape_, reads).intersected(downstream).for_each_run([&](Run run) {
      runs_.push_back(run);
      return true;
    });
  }

  const Mapping& mapping_;
  std::vector<Index> shape_, upstream_shape_;
  std::vector<Run> runs_;
};

// From when to when a partition had the version that it has now. Whoever read it then is up to
// date.
std::vector<Run> times_of_version(const MadeVersions& versions) {
  const std::uint64_t now = versions.changes.back().version;
  std::vector<Run> times;
  for (std::size_t i = 0; i < versions.changes.size(); ++i) {
    if (versions.changes[i].version != now) continue;
    const bool last = i + 1 == versions.changes.size();
    times.push_back({versions.changes[i].seq, last ? INT64_MAX : versions.changes[i + 1].seq});
  }
  return times;
}

bool holds(const std::vector<Run>& times, std::int64_t seq) {
  return std::any_of(times.begin(), times.end(),
                     [&](Run time) { return time.begin <= seq && seq < time.end; });
}

// Of what an upstream partition that has changed back is an input of, that which read another
// version. Partitions that changed at the same times are asked about together.
PartitionSet that_read_another(const Made& made, const std::vector<Index>& shape,
                               const Mapping& mapping, const std::vector<Index>& upstream_shape,
                               std::span<const MadeVersions> history) {
  std::map<std::vector<Run>, std::vector<Index>> by_times;
  for (const MadeVersions& versions : history)
    by_times[times_of_version(versions)].push_back(versions.index);
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

}  // namespace

Result<PartitionSet> outdated(const Made& made, const std::vector<Index>& shape,
                              const AssetDef& upstream, const Mapping& mapping,
                              const World& world) {
  Result<SpacePtr> space = world.space(upstream);
  if (!space) return std::move(space).error();
  Result<const Made*> inputs = world.made(upstream);
  if (!inputs) return std::move(inputs).error();
  std::vector<Moment> reads;
  for (const MadeStretch& stretch : made.stretches)
    reads.push_back({stretch.read_seq, stretch.indices});
  std::vector<Moment> changes, reverted;
  for (const MadeStretch& stretch : (*inputs)->stretches)
    (stretch.reverted ? reverted : changes).push_back({stretch.changed_seq, stretch.indices});

  Join join(mapping, shape, (*space)->shape());
  join.join(in_order(std::move(reads)), in_order(std::move(changes)));
  const bool itself = *inputs == &made;
  PartitionSet found = join.result();
  if (itself) {
    found = without_own_call(found, made, mapping, [](const MadeStretch& input, std::int64_t read) {
      return !input.reverted && input.changed_seq > read;
    });
  }
  if (reverted.empty()) return found;
  auto history = world.versions(upstream, set_of((*space)->shape(), reverted));
  if (!history) return std::move(history).error();
  PartitionSet other = that_read_another(made, shape, mapping, (*space)->shape(), *history);
  if (itself) {
    other = without_own_call(other, made, mapping,
                             [](const MadeStretch& input, std::int64_t) { return input.reverted; });
  }
  return found.united(other);
}

}  // namespace partita
