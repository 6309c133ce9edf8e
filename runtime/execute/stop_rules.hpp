// StopRules: when a run is to stop, by the user's interrupts and its own time. One thread.
#pragma once

#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "execute/scheduler.hpp"

namespace partita {

class StopRules {
 public:
  // Both are borrowed; the run's time begins.
  StopRules(const ScheduleOptions& options, const Clock& clock) : options_(options), clock_(clock) {
    if (options.timeout > 0) deadline_ = clock.monotonic_micros() + micros(options.timeout);
  }

  // What runs is told, then ended. Says so again as long as it holds.
  enum class Wish { go_on, cancel, kill };
  Wish look() {
    const int interrupts = options_.interrupts != nullptr ? options_.interrupts->load() : 0;
    if (interrupts >= 2) return Wish::kill;
    const Wish in_time = look_at_time();
    return interrupts == 1 && in_time == Wish::go_on ? Wish::cancel : in_time;
  }

  bool timed_out() const { return timed_out_; }
  std::optional<std::int64_t> next_look() const { return deadline_; }  // monotonic microseconds

 private:
  static std::int64_t micros(double seconds) { return static_cast<std::int64_t>(seconds * 1e6); }

  Wish look_at_time() {
    if (deadline_ && clock_.monotonic_micros() >= *deadline_) {
      overdue_ = timed_out_;
      deadline_.reset();
      if (!std::exchange(timed_out_, true))
        deadline_ = clock_.monotonic_micros() + micros(kTimeoutGraceSeconds);
    }
    if (overdue_) return Wish::kill;
    return timed_out_ ? Wish::cancel : Wish::go_on;
  }

  const ScheduleOptions& options_;
  const Clock& clock_;
  std::optional<std::int64_t> deadline_;
  bool timed_out_ = false;
  bool overdue_ = false;  // and what ran has had its grace
};

}  // namespace partita
