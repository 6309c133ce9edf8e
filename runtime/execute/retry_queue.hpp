// RetryQueue: partitions that failed and are attempted again, each at its time.
//
// Nothing sleeps: whoever waits for something asks when the next one is due. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "execute/ready_queue.hpp"
#include "plugin/run_policy.hpp"

namespace partita {

// Seconds before the n-th retry. `random` is from 0 to 1. The semantics are those of Dagster's
// RetryPolicy.
double retry_delay(const RetryPolicy& policy, int retry, double random);

struct Retry {
  std::int64_t due = 0;  // in monotonic microseconds
  std::size_t asset = 0;
  ReadyRun ready;
};

class RetryQueue {
 public:
  void add(const Retry& retry) { waiting_.push(retry); }
  bool empty() const { return waiting_.empty(); }
  std::optional<std::int64_t> next_due() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.top().due);
  }
  std::optional<Retry> take_due(std::int64_t now) {
    if (waiting_.empty() || waiting_.top().due > now) return std::nullopt;
    const Retry first = waiting_.top();
    waiting_.pop();
    return first;
  }
  // All that are of this asset, or all.
  std::vector<Retry> take_all(std::optional<std::size_t> asset = std::nullopt);

 private:
  struct Later {
    bool operator()(const Retry& a, const Retry& b) const { return a.due > b.due; }
  };
  std::priority_queue<Retry, std::vector<Retry>, Later> waiting_;
};

}  // namespace partita
