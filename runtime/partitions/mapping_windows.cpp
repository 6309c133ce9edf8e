// Mappings between windows of time.
//
// Both sides count with indices beyond what exists (see time_space.hpp), so that a window which is
// needed and does not exist is found and named like any other.
#include <algorithm>
#include <limits>

#include "partitions/mapping_kinds.hpp"
#include "partitions/time_space.hpp"
#include "partitions/time_zone.hpp"

namespace partita {
namespace {

using TimePtr = std::shared_ptr<const TimeDimensionSpace>;
using Runs = std::vector<Run>;

// The windows of one side.
class Windows {
 public:
  static Result<Windows> make(const BoundDimension& dimension) {
    Windows windows;
    windows.kept_ = std::static_pointer_cast<const TimeDimensionSpace>(dimension.keys);
    windows.reach_ = {windows.kept_->first_starting_at_or_after(kBeginningOfTime / 2),
                      windows.kept_->first_starting_at_or_after(kEndOfTime / 2)};
    TimeDimension whole = std::get<TimeDimension>(dimension.definition->kind);
    if (whole.exclusions.empty()) return windows;
    whole.exclusions.clear();
    auto schedule = TimeSchedule::compile(whole);
    if (!schedule) return std::move(schedule).error();
    windows.whole_ = std::make_shared<TimeDimensionSpace>(*std::move(schedule), 0);
    return windows;
  }

  const TimeDimensionSpace* operator->() const { return kept_.get(); }
  std::vector<Index> shape() const { return {kept_->size()}; }

  // The indices that calendars can be asked about; an offset may lead beyond.
  Run reach() const { return reach_; }

  // The front of the run up to where an excluded window leaves a gap in time.
  Run stretch(Run run) const {
    if (whole_ == nullptr) return run;
    const auto position = [&](Index index) {
      return whole_->first_starting_at_or_after(kept_->any_window_at(index).start);
    };
    const Index first = position(run.begin);
    Index inside = run.begin;
    Index outside = run.end;
    while (outside - inside > 1) {
      const Index middle = inside + (outside - inside) / 2;
      const bool whole = position(middle) - first == middle - run.begin;
      (whole ? inside : outside) = middle;
    }
    return {run.begin, inside + 1};
  }

 private:
  TimePtr kept_;
  TimePtr whole_;  // without exclusions; null where there are none
  Run reach_;
};

// Joins ascending runs that touch or overlap.
void append(Runs& runs, Run run) {
  if (run.size() <= 0) return;
  if (!runs.empty() && runs.back().end >= run.begin) {
    runs.back().end = std::max(runs.back().end, run.end);
  } else {
    runs.push_back(run);
  }
}

Runs widened(std::span<const Run> runs, Index begin_by, Index end_by) {
  Runs result;
  for (const Run& run : runs) append(result, {run.begin + begin_by, run.end + end_by});
  return result;
}

Runs clipped(std::span<const Run> runs, Run to) {
  Runs result;
  for (const Run& run : runs) {
    append(result, {std::max(run.begin, to.begin), std::min(run.end, to.end)});
  }
  return result;
}

// The windows of `to` that overlap one of `from`.
Runs overlapping(std::span<const Run> runs, const Windows& from, const Windows& to) {
  Runs result;
  for (Run rest : clipped(runs, from.reach())) {
    while (rest.size() > 0) {
      const Run part = from.stretch(rest);
      const Instant start = from->any_window_at(part.begin).start;
      const Instant end = from->any_window_at(part.end - 1).end;
      append(result, {to->first_ending_after(start), to->first_starting_at_or_after(end)});
      rest.begin = part.end;
    }
  }
  return result;
}

constexpr Index kNoIndex = std::numeric_limits<Index>::max();

class WindowMapping final : public Mapping {
 public:
  WindowMapping(const MappingSpec& spec, bool one_schedule, Windows upstream, Windows downstream)
      : start_offset_(spec.start_offset),
        end_offset_(spec.end_offset),
        allow_missing_(spec.allow_missing),
        upstream_(std::move(upstream)),
        downstream_(std::move(downstream)) {
    if (!one_schedule) return;
    shift_ = upstream_->first_starting_at_or_after(downstream_->any_window_at(0).start);
  }

  UpstreamPartitions upstream_of(const PartitionSet& downstream) const override {
    const Runs needed = above(downstream.sides());
    const Index size = upstream_->size();
    UpstreamPartitions result;
    result.existing = PartitionSet::of_runs({size}, clipped(needed, {0, size}));
    const Runs missing = missing_of(needed);
    for (const Run& run : missing) name_missing(run, result.nonexistent);
    result.blocked_downstream =
        PartitionSet::of_runs(downstream_.shape(), below(missing)).intersected(downstream);
    return result;
  }

  PartitionSet downstream_of(const PartitionSet& upstream) const override {
    return PartitionSet::of_runs(downstream_.shape(), below(upstream.sides()));
  }

 private:
  // A window stands for those from start_offset to end_offset around it.
  Runs above(std::span<const Run> runs) const {
    const Runs around = widened(runs, start_offset_, end_offset_);
    if (shift_ != kNoIndex) return widened(around, shift_, shift_);
    return overlapping(around, downstream_, upstream_);
  }

  Runs below(std::span<const Run> runs) const {
    const Runs touched = shift_ != kNoIndex ? widened(runs, -shift_, -shift_)
                                            : overlapping(runs, upstream_, downstream_);
    return widened(touched, -end_offset_, -start_offset_);
  }

  // An offset does not reach beyond the upstream's ends: the first partition of a lag needs
  // nothing. What a window itself, or one on its other side, needs beyond them is missing.
  Runs missing_of(std::span<const Run> needed) const {
    if (allow_missing_) return {};
    const Index size = upstream_->size();
    Runs missing;
    if (start_offset_ >= 0 || size == 0) missing = clipped(needed, {upstream_.reach().begin, 0});
    if (end_offset_ <= 0 || size == 0) {
      const Run beyond{size, upstream_.reach().end};
      for (const Run& run : clipped(needed, beyond)) append(missing, run);
    }
    return missing;
  }

  void name_missing(Run run, std::vector<std::string>& names) const {
    for (Index i = run.begin; i < run.end && names.size() < kMissingKeysShown; ++i) {
      names.push_back(upstream_->any_key_at(i));
    }
  }

  Index start_offset_;
  Index end_offset_;
  bool allow_missing_;
  Windows upstream_;
  Windows downstream_;
  Index shift_ = kNoIndex;  // from downstream to upstream indices, where one schedule makes both
};

// The upstream window in force when the downstream one starts.
class LatestWindowMapping final : public Mapping {
 public:
  LatestWindowMapping(bool allow_missing, Windows upstream, Windows downstream)
      : allow_missing_(allow_missing),
        upstream_(std::move(upstream)),
        downstream_(std::move(downstream)) {}

  UpstreamPartitions upstream_of(const PartitionSet& downstream) const override {
    UpstreamPartitions result;
    Runs existing;
    Runs blocked;
    for (Run rest : downstream.sides()) {
      while (rest.size() > 0) {
        const Index in_force = in_force_at(downstream_->any_window_at(rest.begin).start);
        const Run shared{rest.begin, std::min(rest.end, end_of_force(in_force))};
        if (upstream_->contains(in_force)) {
          append(existing, {in_force, in_force + 1});
        } else if (!allow_missing_) {
          append(blocked, shared);
          if (result.nonexistent.size() < kMissingKeysShown) {
            result.nonexistent.push_back(upstream_->any_key_at(in_force));
          }
        }
        rest.begin = shared.end;
      }
    }
    result.existing = PartitionSet::of_runs(upstream_.shape(), std::move(existing));
    result.blocked_downstream = PartitionSet::of_runs(downstream_.shape(), std::move(blocked));
    return result;
  }

  PartitionSet downstream_of(const PartitionSet& upstream) const override {
    Runs runs;
    for (const Run& run : upstream.sides()) {
      append(runs, {end_of_force(run.begin - 1), end_of_force(run.end - 1)});
    }
    return PartitionSet::of_runs(downstream_.shape(), std::move(runs));
  }

 private:
  Index in_force_at(Instant instant) const {
    return upstream_->first_starting_at_or_after(instant + 1) - 1;
  }

  // The first downstream window that starts with or after the next upstream window.
  Index end_of_force(Index upstream) const {
    return downstream_->first_starting_at_or_after(upstream_->any_window_at(upstream + 1).start);
  }

  bool allow_missing_;
  Windows upstream_;
  Windows downstream_;
};

}  // namespace

bool have_one_schedule(const Dimension& a, const Dimension& b) {
  const auto* first = std::get_if<TimeDimension>(&a.kind);
  const auto* second = std::get_if<TimeDimension>(&b.kind);
  if (first == nullptr || second == nullptr) return false;
  TimeDimension other = *second;
  const auto is_utc = [](const std::string& zone) { return zone.empty() || zone == "UTC"; };
  if (is_utc(other.timezone) && is_utc(first->timezone)) other.timezone = first->timezone;
  other.start = first->start;
  other.end = first->end;
  other.end_offset = first->end_offset;
  if (other.exclusions.empty()) other.format = first->format;  // keys of windows may be excluded
  return other == *first;
}

Result<MappingPtr> make_window_mapping(const MappingSpec& spec, const BoundDimension& upstream,
                                       const BoundDimension& downstream) {
  auto above = Windows::make(upstream);
  if (!above) return std::move(above).error();
  auto below = Windows::make(downstream);
  if (!below) return std::move(below).error();
  if (spec.kind == MappingSpec::Kind::time_window_latest) {
    return MappingPtr(std::make_shared<LatestWindowMapping>(spec.allow_missing, *std::move(above),
                                                            *std::move(below)));
  }
  const bool one_schedule = have_one_schedule(*upstream.definition, *downstream.definition);
  return MappingPtr(
      std::make_shared<WindowMapping>(spec, one_schedule, *std::move(above), *std::move(below)));
}

}  // namespace partita
