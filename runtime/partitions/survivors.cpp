#include "partitions/survivors.hpp"

#include <algorithm>

#include "partitions/time_space.hpp"

namespace partita {
namespace {

using Runs = std::vector<Run>;

bool is_one_schedule(TimeDimension a, const TimeDimension& b) {
  a.start = b.start;
  a.end = b.end;
  a.end_offset = b.end_offset;
  a.format = b.format;
  return a == b;
}

// Hours, days, weeks and so on differ in length whatever their zones and offsets.
bool never_equal(const TimeDimension& a, const TimeDimension& b) {
  return a.cadence != b.cadence && a.cadence != Cadence::cron && b.cadence != Cadence::cron;
}

Runs range_within(const TimeDimensionSpace& before, const TimeDimensionSpace& after) {
  if (before.size() == 0 || after.size() == 0) return {};
  const Index first = before.first_starting_at_or_after(after.any_window_at(0).start);
  const Index last = before.first_starting_at_or_after(after.any_window_at(after.size() - 1).start);
  const Run run{std::max<Index>(first, 0), std::min(last + 1, before.size())};
  return run.begin < run.end ? Runs{run} : Runs{};
}

void append(Runs& runs, Index index) {
  if (runs.empty() || runs.back().end != index) runs.push_back({index, index});
  ++runs.back().end;
}

// Whichever lags behind leaps to where the other is.
Runs equal_windows(const TimeDimensionSpace& before, const TimeDimensionSpace& after) {
  Runs runs;
  for (Index i = 0; i < before.size();) {
    const Window window = before.any_window_at(i);
    const Index j = std::max<Index>(after.first_starting_at_or_after(window.start), 0);
    if (j >= after.size()) break;
    const Window other = after.any_window_at(j);
    if (other == window) append(runs, i);
    i = other.start > window.start ? before.first_starting_at_or_after(other.start) : i + 1;
  }
  return runs;
}

Runs equal_keys(const DimensionSpace& before, const DimensionSpace& after) {
  Runs runs;
  for (Index i = 0; i < before.size(); ++i) {
    if (after.index_of(before.key_at(i))) append(runs, i);
  }
  return runs;
}

Runs surviving(const PartitionSpace& before, const PartitionSpace& after, std::size_t i) {
  const auto& old_kind = before.definition().dimensions[i].kind;
  const auto& new_kind = after.definition().dimensions[i].kind;
  const auto* old_time = std::get_if<TimeDimension>(&old_kind);
  const auto* new_time = std::get_if<TimeDimension>(&new_kind);
  if (old_time != nullptr && new_time != nullptr) {
    if (never_equal(*old_time, *new_time)) return {};
    const TimeDimensionSpace& old_space = *as_time(before.dimension(i));
    const TimeDimensionSpace& new_space = *as_time(after.dimension(i));
    return is_one_schedule(*old_time, *new_time) ? range_within(old_space, new_space)
                                                 : equal_windows(old_space, new_space);
  }
  if (old_time != nullptr || new_time != nullptr) return {};
  if (old_kind == new_kind) return {{0, before.dimension(i).size()}};
  return equal_keys(before.dimension(i), after.dimension(i));
}

}  // namespace

PartitionSet survivors(const PartitionSpace& before, const PartitionSpace& after) {
  if (before.rank() != after.rank()) return PartitionSet::none(before.shape());
  std::vector<PartitionSet> sides;
  sides.reserve(before.rank());
  for (std::size_t i = 0; i < before.rank(); ++i) {
    sides.push_back(PartitionSet::of_runs({before.shape()[i]}, surviving(before, after, i)));
  }
  return PartitionSet::product(sides);
}

}  // namespace partita
