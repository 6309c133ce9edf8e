// AttemptEnds: what the results of attempts come to. Each partition's is finished, and followed by
// another attempt where its asset's policy allows; a batch is settled part by part.
//
// Knows nothing of what waits for whom. One thread.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "execute/retry_queue.hpp"
#include "execute/running_tasks.hpp"
#include "execute/scheduler.hpp"

namespace partita {

class AttemptEnds {
 public:
  // Borrowed. `most_failures`: after so many nothing is attempted again; 0: no matter how many.
  AttemptEnds(const Plan& plan, const Clock& clock, Index most_failures)
      : plan_(plan), clock_(clock), most_failures_(most_failures), gives_up_(plan.assets.size()) {}

  // Of all that the task has not decided.
  void finished(std::int64_t task, RunningTask& running, TaskResult result);
  // Of one part of a batch. Whether it was undecided.
  bool decided(std::int64_t task, RunningTask& running, TaskResult result);

  std::vector<FinishedPartition> take() { return std::exchange(finished_, {}); }

  // Nothing is attempted again from now on, of this asset or at all.
  void give_up(std::size_t asset) { gives_up_[asset] = true; }
  void stop() { stopped_ = true; }
  bool is_stopped() const { return stopped_; }

  RetryQueue& retries() { return retries_; }
  const RetryQueue& retries() const { return retries_; }

 private:
  bool may_retry(const RunningTask& running, const TaskResult& result) const;
  double delay_before(const RunningTask& running);
  std::int64_t due_in(double seconds) const;
  std::string key_of(const RunningTask& running, Index partition) const;
  void conclude(std::int64_t id, const RunningTask& running, Index partition, bool again,
                TaskResult result);
  static bool reads_what_is_retried(const RunningTask& running, std::size_t part);
  void conclude_part(std::int64_t task, RunningTask& running, std::size_t part, TaskResult result);
  void settle_rest(std::int64_t task, RunningTask& running, TaskResult result);
  void retry_together(const RunningTask& running);
  void note_failure();

  const Plan& plan_;
  const Clock& clock_;
  const Index most_failures_;
  std::vector<bool> gives_up_;  // by asset
  bool stopped_ = false;
  Index failures_ = 0;
  std::mt19937_64 random_{std::random_device()()};
  RetryQueue retries_;
  std::vector<FinishedPartition> finished_;
};

}  // namespace partita
