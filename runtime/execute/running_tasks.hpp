// RunningTasks: the tasks that an executor has, whether they run or wait in it, and what they
// occupy: places in pools, under caps, and the one place of an asset that is exclusive.
//
// Knows nothing of results. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "execute/dimension_caps.hpp"
#include "plan/plan.hpp"

namespace partita {

struct RunningTask {
  std::size_t asset = 0;
  Run partitions;
  int attempt = 1;
  std::int64_t read_seq = 0;
  std::string key;  // of a batch: its first and its last
  // Of a batch, by the position of its parts.
  std::vector<bool> decided;
  std::vector<bool> again;                            // those that are attempted again
  std::vector<std::vector<std::int64_t>> reads = {};  // as TaskPart has them
  bool begun = false;                                 // as far as the executor has told
  bool is_batch() const { return !decided.empty(); }
};

class RunningTasks {
 public:
  // All are borrowed. `pools`: slots by name; `caps` may be null.
  RunningTasks(const Plan& plan, const std::map<std::string, int>& pools, DimensionCaps* caps)
      : plan_(plan), pools_(pools), caps_(caps), of_asset_(plan.assets.size()) {}

  // As far as its pool has room, and it is not exclusive and running.
  bool may_start(std::size_t asset) const;

  void add(std::int64_t id, RunningTask task);
  RunningTask* find(std::int64_t id);
  RunningTask take(std::int64_t id);  // one that is there: what it occupied is free

  bool empty() const { return tasks_.empty(); }
  std::size_t size() const { return tasks_.size(); }
  Index partitions() const { return partitions_; }

  // What is not decided, by asset: of tasks that have begun, and of those that have not.
  void add_undecided(std::vector<std::vector<Run>>& begun,
                     std::vector<std::vector<Run>>& waiting) const;

 private:
  const Plan& plan_;
  const std::map<std::string, int>& pools_;
  DimensionCaps* caps_;
  std::unordered_map<std::int64_t, RunningTask> tasks_;
  Index partitions_ = 0;  // of all tasks
  std::vector<std::int64_t> of_asset_;
  std::map<std::string, int> pool_use_;
};

}  // namespace partita
