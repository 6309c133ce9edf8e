// A TimeDimensionSpace: the windows of a time dimension, each from one tick of its schedule to the
// next, counted by arithmetic.
//
// The indices of existing windows run from 0 to size(). The schedule itself goes on at both ends,
// so the functions that say "any" take and give indices outside of that range: -1 is the window
// before the first, size() the next that comes to exist. A mapping with offsets names nonexistent
// windows this way. Windows that are excluded have no index at all. Immutable; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "partitions/space.hpp"
#include "partitions/time_schedule.hpp"

namespace partita {

class TimeDimensionSpace final : public DimensionSpace {
 public:
  TimeDimensionSpace(std::shared_ptr<const TimeSchedule> schedule, Instant now);

  Index size() const override { return size_; }
  std::string key_at(Index index) const override { return any_key_at(index); }
  std::optional<Index> index_of(std::string_view key) const override;
  Error absence_of(std::string_view key) const override;

  bool has_windows() const override { return true; }
  std::optional<Window> window_at(Index index) const override { return any_window_at(index); }

  std::string identity_at(Index index) const override;
  std::optional<Index> index_of_identity(std::string_view identity) const override;

  bool contains(Index any_index) const { return any_index >= 0 && any_index < size_; }

  Window any_window_at(Index any_index) const;
  std::string any_key_at(Index any_index) const;

  // The window whose key is written exactly so, whether or not it exists (yet).
  std::optional<Index> any_index_of(std::string_view key) const;

  // The smallest any-index whose window starts at or after, or ends after, the instant. Windows do
  // not overlap, so both ascend with the index. A run of windows that overlap [a, b) is
  // [first_ending_after(a), first_starting_at_or_after(b)).
  Index first_starting_at_or_after(Instant instant) const;
  Index first_ending_after(Instant instant) const;

  // The window of a text that the format can read, existing or not. A text between two ticks means
  // the next window that starts; an error where the format cannot read it.
  Result<Window> window_of_key(std::string_view key) const;

  // The text of a window of this schedule.
  std::string key_of_window(Window window) const;

  // Where the windows may lie: nothing before start() or, if there is one, after end().
  Instant start() const { return schedule_->start(); }
  std::optional<Instant> end() const { return schedule_->end(); }

 private:
  std::shared_ptr<const TimeSchedule> schedule_;
  Index first_ = 0;  // the schedule's ordinal of index 0
  Index size_ = 0;
};

// The dimension as a time dimension, null where it is another kind.
const TimeDimensionSpace* as_time(const DimensionSpace& dimension);

}  // namespace partita
