#include "plan/moments.hpp"

#include <algorithm>

namespace partita {
namespace {

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

}  // namespace

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

PartitionSet read_before(std::span<const Moment> reads, std::vector<Moment> changes,
                         const Mapping& mapping, const std::vector<Index>& shape,
                         const std::vector<Index>& upstream_shape) {
  Join join(mapping, shape, upstream_shape);
  join.join(reads, in_order(std::move(changes)));
  return join.result();
}

}  // namespace partita
