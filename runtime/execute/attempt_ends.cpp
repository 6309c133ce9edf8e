#include "execute/attempt_ends.hpp"

#include <algorithm>
#include <utility>

namespace partita {
namespace {

using Fate = FinishedPartition::Fate;

// By its own call, in which what it reads failed.
bool is_held_back(const TaskResult& result) {
  return result.failure && result.failure->kind == "upstream";
}

Fate fate_of(const TaskResult& result) {
  switch (result.status) {
    case TaskResult::Status::materialized:
      return Fate::materialized;
    case TaskResult::Status::skipped:
      return Fate::skipped;
    case TaskResult::Status::cancelled:
      return Fate::cancelled;
    case TaskResult::Status::failed:
      return is_held_back(result) ? Fate::upstream_failed : Fate::failed;
  }
  return Fate::failed;
}

}  // namespace

void AttemptEnds::finished(std::int64_t task, RunningTask& running, TaskResult result) {
  if (!running.is_batch()) {
    const bool again = may_retry(running, result);
    conclude(task, running, running.partitions.begin, again, std::move(result));
    return;
  }
  settle_rest(task, running, std::move(result));
  retry_together(running);
}

bool AttemptEnds::decided(std::int64_t task, RunningTask& running, TaskResult result) {
  const auto part = static_cast<std::size_t>(part_of(task, result.id));
  if (part >= running.decided.size() || running.decided[part]) return false;
  conclude_part(task, running, part, std::move(result));
  return true;
}

// One partition's attempt has ended.
void AttemptEnds::conclude(std::int64_t id, const RunningTask& running, Index partition, bool again,
                           TaskResult result) {
  FinishedPartition finished;
  finished.task = id;
  finished.asset = running.asset;
  finished.partition = partition;
  finished.key = key_of(running, partition);
  finished.attempt = running.attempt;
  finished.read_seq = running.read_seq;
  finished.fate = fate_of(result);
  finished.reason = is_held_back(result) ? result.failure->message : result.reason;
  if (again) finished.retry_after = delay_before(running);
  if (again && !running.is_batch()) {
    retries_.add({due_in(*finished.retry_after),
                  running.asset,
                  {{partition, partition + 1}, running.attempt + 1}});
  }
  finished.result = std::move(result);
  if (finished.fate == Fate::upstream_failed) finished.result.failure.reset();
  if (finished.fate == Fate::failed && !again) note_failure();
  finished_.push_back(std::move(finished));
}

void AttemptEnds::conclude_part(std::int64_t task, RunningTask& running, std::size_t part,
                                TaskResult result) {
  running.decided[part] = true;
  const auto position = static_cast<Index>(part);
  const bool again =
      is_held_back(result) ? reads_what_is_retried(running, part) : may_retry(running, result);
  running.again[part] = again;
  conclude(part_id(task, position), running, running.partitions.begin + position, again,
           std::move(result));
}

bool AttemptEnds::reads_what_is_retried(const RunningTask& running, std::size_t part) {
  if (part >= running.reads.size()) return false;
  const std::vector<std::int64_t>& reads = running.reads[part];
  return std::any_of(reads.begin(), reads.end(), [&](std::int64_t read) {
    return running.again[static_cast<std::size_t>(read)];
  });
}

// The parts of a batch that were not decided share its end. What is long of it is kept once.
void AttemptEnds::settle_rest(std::int64_t task, RunningTask& running, TaskResult result) {
  for (std::size_t part = 0; part < running.decided.size(); ++part) {
    if (running.decided[part]) continue;
    TaskResult own = result;
    own.id = part_id(task, static_cast<Index>(part));
    conclude_part(task, running, part, std::move(own));
    result.log.clear();
    if (result.failure) result.failure->backtrace.clear();
  }
}

// The parts of a batch that are attempted again, as far as they follow each other in one call.
void AttemptEnds::retry_together(const RunningTask& running) {
  const std::vector<bool>& again = running.again;
  for (std::size_t begin = 0; begin < again.size();) {
    std::size_t end = begin;
    while (end < again.size() && again[end]) ++end;
    const Run run{running.partitions.begin + static_cast<Index>(begin),
                  running.partitions.begin + static_cast<Index>(end)};
    if (end > begin)
      retries_.add({due_in(delay_before(running)), running.asset, {run, running.attempt + 1}});
    begin = end + 1;
  }
}

bool AttemptEnds::may_retry(const RunningTask& running, const TaskResult& result) const {
  if (stopped_ || gives_up_[running.asset]) return false;
  const bool asked = result.failure && result.failure->kind == "retry";
  const RetryPolicy& policy = plan_.assets[running.asset].def.policy.retry;
  return result.status == TaskResult::Status::failed &&
         running.attempt <= policy.most_retries(asked);
}

double AttemptEnds::delay_before(const RunningTask& running) {
  const RetryPolicy& policy = plan_.assets[running.asset].def.policy.retry;
  return retry_delay(policy, running.attempt, std::uniform_real_distribution<>()(random_));
}

std::int64_t AttemptEnds::due_in(double seconds) const {
  return clock_.monotonic_micros() + static_cast<std::int64_t>(seconds * 1e6);
}

std::string AttemptEnds::key_of(const RunningTask& running, Index partition) const {
  if (!running.is_batch()) return running.key;
  return plan_.assets[running.asset].space->key_at(partition);
}

void AttemptEnds::note_failure() {
  ++failures_;
  if (most_failures_ > 0 && failures_ >= most_failures_) stop();
}

}  // namespace partita
