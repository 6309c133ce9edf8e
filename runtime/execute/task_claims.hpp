// Which of the tasks dealt to a worker it has begun, in memory that host and worker share.
//
// The host deals tasks ahead, so that a worker never waits for the next one. The worker claims each
// before it begins it; what it has not claimed the host may take back and give to another. After a
// crash the claims say which task was running. Tasks are numbered in the order they are dealt.
// The page also carries the wish to cancel, which asset code asks for often.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/files.hpp"
#include "base/result.hpp"
#include "execute/usage_meter.hpp"

namespace partita {

class TaskClaims {
 public:
  static Result<TaskClaims> create(const Path& file);  // the host's side
  static Result<TaskClaims> open(const Path& file);    // the worker's
  TaskClaims(TaskClaims&& other) noexcept;
  TaskClaims& operator=(TaskClaims&& other) noexcept;
  ~TaskClaims();

  // Host: the next task may be claimed. False while tasks before it that were not taken back in
  // order are still open: see accepts().
  bool offer(std::uint32_t task);
  // Host: takes back at most `most` of those not claimed, the last ones first; how many.
  std::uint32_t take_back(std::uint32_t most);
  // Host: whether `task` can be offered now.
  bool accepts(std::uint32_t task) const;
  // Worker: whether `task` is its to run. Tasks that were taken back are not.
  bool claim(std::uint32_t task);
  bool is_claimed(std::uint32_t task) const;  // of one that was offered and not taken back

  // Worker: the result of a task has been sent.
  void count_result();
  std::uint32_t results() const;

  // Worker: which of the task's checks runs, from 1; 0: none. Host: what the worker noted last.
  void note_check(std::uint32_t check);
  std::uint32_t check() const;

  // Worker: what its process had taken of the CPU about when the task began. Host: the last such.
  void note_cpu(const CpuSample& sample);
  CpuSample cpu() const;

  void cancel();
  bool cancelled() const;

 private:
  // The tasks from the first unclaimed one (upper half) to the end (lower half) may be claimed.
  struct Page {
    std::atomic<std::uint64_t> open;
    std::atomic<std::uint32_t> results;
    std::atomic<std::uint32_t> cancelled;
    std::atomic<std::uint32_t> check;
    std::atomic<std::int64_t> user_micros;
    std::atomic<std::int64_t> system_micros;
  };
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

  explicit TaskClaims(Page* page) : page_(page) {}
  static Result<TaskClaims> map(const Path& file, int flags);

  Page* page_ = nullptr;
};

// From here on, and until this process and those that it forks have ended, they are awaited.
Status let_await(const Path& claims);

// Waits until nobody is awaited of the claims under `directory`: a host that was killed leaves
// workers for a moment, and what they write must not be swept from under them. Those that begin
// later do not find their claims once these are removed, and end.
Status await_workers(const Path& directory, std::int64_t patience_millis);

}  // namespace partita
