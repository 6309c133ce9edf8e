// How far a run is: counts, rate, time left and what runs, from the news of it.
//
// It knows neither the clock (instants are given, in microseconds of a monotonic clock) nor the
// terminal. Memory follows the partitions that run, not those that are done. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/views.hpp"

namespace partita {

using Micros = std::int64_t;

class ProgressModel {
 public:
  struct Running {
    std::string name;  // asset@key
    Micros started = 0;
    double fraction = -1;   // below 0: unknown
    std::string last_line;  // what it last said
  };

  void plan(std::int64_t run, std::int64_t total, double eta_seconds, Micros now);
  void start(std::int64_t task, std::string name, Micros now);
  void progress(std::int64_t task, double fraction, std::string_view text);
  void print(std::int64_t task, std::string_view line);
  void finish(std::int64_t task, DisplayStatus status);
  void forget(std::int64_t task) { running_.erase(task); }  // it runs no longer, and is not done

  std::int64_t run() const { return run_; }
  std::int64_t total() const { return total_; }
  std::int64_t done() const;
  std::int64_t running() const { return static_cast<std::int64_t>(running_.size()); }
  std::int64_t count(DisplayStatus status) const;

  // Partitions per second that were attempted; 0 while too little is known.
  double rate(Micros now) const;
  // From the expectation at the start to what the run shows, as it goes on. Nothing: that cannot be
  // said, or it takes longer than was expected and nothing is done yet.
  std::optional<double> seconds_left(Micros now) const;
  bool is_overdue(Micros now) const;  // what was expected at the start has passed
  // Those that have run for at least `age`, the longest first.
  std::vector<const Running*> oldest(std::size_t limit, Micros age, Micros now) const;

 private:
  std::int64_t run_ = 0;
  std::int64_t total_ = 0;
  std::int64_t attempted_ = 0;
  double expected_seconds_ = 0;
  Micros began_ = 0;
  StatusCounts counts_;
  std::map<std::int64_t, Running> running_;
};

}  // namespace partita
