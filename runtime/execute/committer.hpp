// Records what has finished on a thread of its own, so that partitions go on running while the disk
// is written: whatever came during one commit is the next one.
//
// push(), take() and settle() are for one thread; record() of the observer runs on the committer's.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "execute/scheduler.hpp"

namespace partita {

class Committer {
 public:
  // Both are borrowed. `wake` is called on the committer's thread after each commit.
  Committer(RunObserver& observer, std::function<void()> wake);
  ~Committer();  // what was pushed is recorded first
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void push(std::vector<FinishedPartition> finished);
  // What is durable since the last call, or the error that no commit follows.
  Result<std::vector<FinishedPartition>> take();
  // Waits until all that was pushed is durable, or cannot be. It is still to be taken.
  Status settle();
  // Partitions pushed and not taken yet.
  std::size_t under_way() const { return under_way_; }

 private:
  void work();

  RunObserver& observer_;
  const std::function<void()> wake_;
  std::size_t under_way_ = 0;

  std::mutex mutex_;  // guards what follows
  std::condition_variable pushed_, recorded_;
  std::vector<FinishedPartition> waiting_;
  std::vector<FinishedPartition> durable_;
  Status status_;
  bool recording_ = false;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace partita
