// RetryQueue: partitions that failed and are attempted again, each at its time.
//
// Nothing sleeps: whoever waits for something asks when the next one is due. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
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
  void add(const Retry& retry) {
    waiting_.push_back(retry);
    std::push_heap(waiting_.begin(), waiting_.end(), Later());
  }
  bool empty() const { return waiting_.empty(); }
  std::optional<std::int64_t> next_due() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().due);
  }
  std::optional<Retry> take_due(std::int64_t now) {
    if (waiting_.empty() || waiting_.front().due > now) return std::nullopt;
    std::pop_heap(waiting_.begin(), waiting_.end(), Later());
    const Retry first = waiting_.back();
    waiting_.pop_back();
    return first;
  }
  // All that are of this asset, or all.
  std::vector<Retry> take_all(std::optional<std::size_t> asset = std::nullopt);
  // In no particular order.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Retry& retry : waiting_) visit(retry);
  }

 private:
  struct Later {
    bool operator()(const Retry& a, const Retry& b) const { return a.due > b.due; }
  };
  std::vector<Retry> waiting_;  // a heap, the next one first
};

}  // namespace partita
