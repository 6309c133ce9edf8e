#include "service/statuses.hpp"

#include <algorithm>
#include <functional>

namespace partita {
namespace {

// size * bucket / buckets, rounded down, without passing 63 bits.
Index bucket_begin(Index size, Index buckets, Index bucket) {
  return size / buckets * bucket + size % buckets * bucket / buckets;
}

// Adds to each bucket how many partitions of the set it covers.
void count_into(const PartitionSet& set, std::vector<StripBucket>& strip, Index size,
                std::int64_t StripBucket::* field) {
  const auto buckets = static_cast<Index>(strip.size());
  const auto begin_of = [&](Index at) { return bucket_begin(size, buckets, at); };
  Index bucket = 0;
  set.for_each_run([&](Run run) {
    while (bucket + 1 < buckets && begin_of(bucket + 1) <= run.begin) ++bucket;
    for (Index at = bucket; at < buckets && begin_of(at) < run.end; ++at) {
      const Index covered = std::min(run.end, begin_of(at + 1)) - std::max(run.begin, begin_of(at));
      strip[static_cast<std::size_t>(at)].*field += std::max<Index>(0, covered);
    }
    return true;
  });
}

}  // namespace

PartitionSet ever_attempted(const OutcomeSets& outcomes) {
  return outcomes.materialized.united(outcomes.failed)
      .united(outcomes.upstream_failed)
      .united(outcomes.skipped)
      .united(outcomes.cancelled);
}

StatusMap display_statuses(const OutcomeSets& outcomes) {
  StatusMap statuses;
  PartitionSet rest = outcomes.failed.complement();
  // Most are empty, and the rest may have very many runs.
  const auto take = [&](DisplayStatus status, const PartitionSet& set) {
    if (set.empty()) return;
    statuses[status] = set.intersected(rest);
    rest = rest.minus(set);
  };
  statuses[DisplayStatus::failed] = outcomes.failed;
  take(DisplayStatus::materialized, outcomes.materialized);
  take(DisplayStatus::upstream_failed, outcomes.upstream_failed);
  take(DisplayStatus::skipped, outcomes.skipped);
  take(DisplayStatus::cancelled, outcomes.cancelled);
  statuses[DisplayStatus::missing] = std::move(rest);
  return statuses;
}

void put_first(StatusMap& statuses, PartitionSet running, PartitionSet queued) {
  const PartitionSet active = running.united(queued);
  for (auto& [status, set] : statuses) set = set.minus(active);
  statuses[DisplayStatus::queued] = queued.minus(running);
  statuses[DisplayStatus::running] = std::move(running);
}

StatusCounts counts_of(const StatusMap& statuses) {
  StatusCounts counts;
  for (const auto& [status, set] : statuses) {
    if (const Index count = set.count(); count > 0) counts[status] = count;
  }
  return counts;
}

std::vector<StripBucket> strip_of(const StatusMap& statuses, Index size, std::size_t buckets) {
  std::vector<StripBucket> strip(
      static_cast<std::size_t>(std::min<Index>(size, static_cast<Index>(buckets))));
  if (strip.empty()) return strip;
  const auto count = static_cast<Index>(strip.size());
  for (Index i = 0; i < count; ++i) {
    strip[static_cast<std::size_t>(i)].size =
        bucket_begin(size, count, i + 1) - bucket_begin(size, count, i);
  }
  for (const auto& [status, set] : statuses) {
    if (status == DisplayStatus::materialized)
      count_into(set, strip, size, &StripBucket::materialized);
    if (status == DisplayStatus::failed || status == DisplayStatus::upstream_failed) {
      count_into(set, strip, size, &StripBucket::failed);
    }
  }
  return strip;
}

DisplayStatus display_status(Outcome outcome) {
  switch (outcome) {
    case Outcome::materialized:
      return DisplayStatus::materialized;
    case Outcome::failed:
      return DisplayStatus::failed;
    case Outcome::upstream_failed:
      return DisplayStatus::upstream_failed;
    case Outcome::skipped:
      return DisplayStatus::skipped;
    case Outcome::cancelled:
      return DisplayStatus::cancelled;
    case Outcome::passed:
      return DisplayStatus::passed;
    case Outcome::none:
      break;
  }
  return DisplayStatus::missing;
}

}  // namespace partita
