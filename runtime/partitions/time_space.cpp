#include "partitions/time_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "partitions/key.hpp"

namespace partita {

TimeDimensionSpace::TimeDimensionSpace(std::shared_ptr<const TimeSchedule> schedule, Instant now)
    : schedule_(std::move(schedule)), first_(schedule_->count_starting_before(schedule_->start())) {
  const Instant sane_now = std::clamp(now, kBeginningOfTime / 2, kEndOfTime / 2);
  Index last = schedule_->count_ended(sane_now) + schedule_->end_offset();
  if (schedule_->end()) last = std::min(last, schedule_->count_ended(*schedule_->end()));
  size_ = std::max<Index>(0, last - first_);
}

std::optional<Index> TimeDimensionSpace::index_of(std::string_view key) const {
  const auto index = any_index_of(key);
  return index && contains(*index) ? index : std::nullopt;
}

std::optional<Index> TimeDimensionSpace::any_index_of(std::string_view key) const {
  const auto ordinal = schedule_->ordinal_of(key);
  return ordinal ? std::optional<Index>(*ordinal - first_) : std::nullopt;
}

Window TimeDimensionSpace::any_window_at(Index any_index) const {
  return schedule_->window_of(first_ + any_index);
}

std::string TimeDimensionSpace::any_key_at(Index any_index) const {
  return schedule_->key_of(schedule_->start_of(first_ + any_index));
}

Index TimeDimensionSpace::first_starting_at_or_after(Instant instant) const {
  return schedule_->count_starting_before(instant) - first_;
}

Index TimeDimensionSpace::first_ending_after(Instant instant) const {
  return schedule_->count_ended(instant) - first_;
}

Result<Window> TimeDimensionSpace::window_of_key(std::string_view key) const {
  if (const auto exact = any_index_of(key)) return any_window_at(*exact);
  const auto instant = schedule_->read_key(key);
  if (instant) return any_window_at(first_starting_at_or_after(*instant));
  return usage_error(fmt::format("read partition key `{}`: want one like `{}`", printable_key(key),
                                 any_key_at(0)));
}

std::string TimeDimensionSpace::key_of_window(Window window) const {
  return schedule_->key_of(window.start);
}

Error TimeDimensionSpace::absence_of(std::string_view key) const {
  Error error{ErrorCode::not_found, fmt::format("find no partition `{}`", printable_key(key)), {}};
  const auto say = [&](std::string_view why) {
    error.message += fmt::format(": {}", why);
    return error;
  };
  const auto instant = schedule_->read_key(key);
  if (!instant) return say(fmt::format("want a key like `{}`", any_key_at(0)));
  if (schedule_->is_excluded(key)) return say("it is excluded");
  const auto exact = any_index_of(key);
  if (!exact) {
    const Index next = first_starting_at_or_after(*instant);
    return say(fmt::format("no window starts there; near are `{}` and `{}`", any_key_at(next - 1),
                           any_key_at(next)));
  }
  if (*exact < 0) return say(fmt::format("the first is `{}`", any_key_at(0)));
  const Window window = any_window_at(*exact);
  if (schedule_->end() && window.end > *schedule_->end()) {
    return say(fmt::format("the partitions end at {}", format_instant(*schedule_->end())));
  }
  return say(fmt::format("it does not exist yet, its window ends {}", format_instant(window.end)));
}

std::string TimeDimensionSpace::identity_at(Index index) const {
  const Window window = any_window_at(index);
  return fmt::format("@{}/{}", window.start, window.end);
}

std::optional<Index> TimeDimensionSpace::index_of_identity(std::string_view identity) const {
  if (!identity.starts_with('@')) return std::nullopt;
  Instant start = 0;
  const char* end = identity.data() + identity.size();
  const auto [stop, error] = std::from_chars(identity.data() + 1, end, start);
  const bool sane = start > kBeginningOfTime / 2 && start < kEndOfTime / 2;
  if (error != std::errc() || stop == end || !sane) return std::nullopt;
  const Index index = first_starting_at_or_after(start);
  if (!contains(index) || identity_at(index) != identity) return std::nullopt;
  return index;
}

const TimeDimensionSpace* as_time(const DimensionSpace& dimension) {
  return dynamic_cast<const TimeDimensionSpace*>(&dimension);
}

}  // namespace partita
