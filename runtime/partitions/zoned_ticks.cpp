#include "partitions/zoned_ticks.hpp"

#include <algorithm>

namespace partita {
namespace {

// For each span the earliest local time of any later one: what the clock shows before that and does
// not show again belongs to the span.
std::vector<LocalSeconds> earliest_later(const TimeZone& zone) {
  const auto& spans = zone.spans();
  std::vector<LocalSeconds> earliest(spans.size(), kEndOfTime);
  for (std::size_t i = spans.size(); i-- > 1;) {
    earliest[i - 1] = std::min(earliest[i], spans[i].begin + spans[i].offset);
  }
  return earliest;
}

}  // namespace

ZonedTicks::ZonedTicks(CronIndex index, std::shared_ptr<const TimeZone> zone, bool every_hour)
    : index_(std::move(index)), zone_(std::move(zone)) {
  build(every_hour);
}

void ZonedTicks::build(bool every_hour) {
  const std::vector<LocalSeconds> later = earliest_later(*zone_);
  LocalSeconds settled = kBeginningOfTime;  // local times before it have their tick
  Index ticks = 0;
  for (std::size_t i = 0; i < zone_->spans().size(); ++i) {
    const TimeZone::Span& zone_span = zone_->spans()[i];
    Span span;
    span.begin = zone_span.begin;
    span.ticks_before = ticks;
    span.low = zone_span.begin + zone_span.offset;
    const LocalSeconds end = zone_->span_end(i) + zone_span.offset;
    const LocalSeconds own_end = every_hour ? end : std::min(end, later[i]);
    span.high = std::max(span.low, own_end);
    span.low_ordinal = index_.count_before(span.low);
    if (!every_hour && i > 0) {
      const Index skipped_end = index_.count_before(std::min(span.low, own_end));
      span.gap_ordinal = skipped_end - 1;
      const bool any_skipped = skipped_end > index_.count_before(settled);
      const bool ticks_anyway = span.high > span.low && index_.at(span.low_ordinal) == span.low;
      span.gap_tick = any_skipped && !ticks_anyway;
    }
    settled = own_end;
    ticks += ticks_in(span);
    spans_.push_back(span);
  }
}

Index ZonedTicks::ticks_in(const Span& span) const {
  return index_.count_before(span.high) - span.low_ordinal + (span.gap_tick ? 1 : 0);
}

Index ZonedTicks::count_before(Instant instant) const {
  const std::size_t i = zone_->span_at(instant);
  const Span& span = spans_[i];
  const LocalSeconds local = std::min(instant + zone_->spans()[i].offset, span.high);
  const Index gap = span.gap_tick && instant > span.begin ? 1 : 0;
  return span.ticks_before + gap + index_.count_before(local) - span.low_ordinal;
}

Instant ZonedTicks::at(Index ordinal) const {
  const auto later =
      std::upper_bound(spans_.begin() + 1, spans_.end(), ordinal,
                       [](Index wanted, const Span& span) { return wanted < span.ticks_before; });
  const Span& span = *(later - 1);
  Index rest = ordinal - span.ticks_before;
  if (span.gap_tick && rest-- == 0) return span.begin;
  return index_.at(span.low_ordinal + rest) - span.low + span.begin;
}

std::optional<LocalSeconds> ZonedTicks::skipped_time_of(Instant tick) const {
  const Span& span = spans_[zone_->span_at(tick)];
  if (!span.gap_tick || tick != span.begin) return std::nullopt;
  return index_.at(span.gap_ordinal);
}

}  // namespace partita
