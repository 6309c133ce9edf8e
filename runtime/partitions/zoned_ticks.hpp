// ZonedTicks: the instants at which a schedule ticks in a time zone, counted.
//
// A schedule of every hour ticks whenever the clock shows a matching time, so twice in an hour that
// is repeated and never in one that is skipped. Any other ticks once for each matching time of the
// calendar: at the second of two occurrences, and at the end of the gap for a time that is skipped;
// times that come together there are one tick. Between two changes of the zone's offset that is the
// CronIndex moved by the offset, so what is kept is a running count per span. Immutable; any
// thread.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "partitions/cron_index.hpp"
#include "partitions/time_zone.hpp"

namespace partita {

class ZonedTicks {
 public:
  ZonedTicks(CronIndex index, std::shared_ptr<const TimeZone> zone, bool every_hour);

  // Ordinals are counted from some early tick.
  Index count_before(Instant instant) const;
  Instant at(Index ordinal) const;

  // The first tick after, and the last not after.
  Instant next_after(Instant instant) const { return at(count_before(instant + 1)); }
  Instant last_until(Instant instant) const { return at(count_before(instant + 1) - 1); }

  // For a tick that stands at the end of a gap for a skipped time: that time, the last if several.
  std::optional<LocalSeconds> skipped_time_of(Instant tick) const;

 private:
  // The ticks from one change of the offset to the next: perhaps one at its very start, for times
  // that the gap before skipped, then those of the local times from `low` to `high`.
  struct Span {
    Instant begin = 0;
    LocalSeconds low = 0;
    LocalSeconds high = 0;
    Index low_ordinal = 0;  // the CronIndex's at `low`
    Index ticks_before = 0;
    bool gap_tick = false;
    Index gap_ordinal = 0;  // the CronIndex's of the last skipped time
  };

  void build(bool every_hour);
  Index ticks_in(const Span& span) const;

  CronIndex index_;
  std::shared_ptr<const TimeZone> zone_;
  std::vector<Span> spans_;  // one for each of the zone's
};

}  // namespace partita
