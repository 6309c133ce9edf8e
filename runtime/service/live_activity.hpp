// What a run that goes on is at, for other processes to show.
//
// The run's process writes it to a file in its temporary directory, at most ten times a second and
// only when it has changed: what runs, and what is left, as sets. What it made durable since then
// is in the store, so that nothing is shown as left that is not. The file goes with the directory,
// and says nothing once the run's lease is free.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "execute/scheduler.hpp"
#include "service/settings.hpp"

namespace partita {

// {"seq": the event since which outcomes count, "planned": the event as of which dynamic keys are
// meant, "assets": [{"asset", "running", "left"}]}, sets in
// the grammar of partitions; of assets of which something is left. "left" is null where it has too
// many pieces.
Path activity_file(const Settings& settings, std::int64_t run);

// The run's side. One thread.
class LiveActivity {
 public:
  // All are borrowed. The plan was made when the event `planned` was the last.
  LiveActivity(Path file, const Plan& plan, std::int64_t planned, const Clock& clock)
      : file_(std::move(file)), plan_(plan), planned_(planned), clock_(clock) {}

  // To be called often. `moment` says what is durable.
  template <class Moment>
  void tick(const RunActivity& run, const Moment& moment) {
    if (clock_.monotonic_micros() >= next_) publish(run, moment());
  }

 private:
  void publish(const RunActivity& run, std::int64_t moment);
  Json to_json(const RunActivity& run) const;

  const Path file_;
  const Plan& plan_;
  const std::int64_t planned_;
  const Clock& clock_;
  std::int64_t next_ = 0;  // in monotonic microseconds
  std::int64_t seq_ = 0;   // the moment of the last time: what ended since may not be told yet
  std::string written_;
};

}  // namespace partita
