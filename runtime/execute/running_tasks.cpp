#include "execute/running_tasks.hpp"

#include <utility>

namespace partita {
namespace {

void add_undecided_parts(const RunningTask& task, std::vector<Run>& runs) {
  if (!task.is_batch()) return runs.push_back(task.partitions);
  for (std::size_t part = 0; part < task.decided.size(); ++part) {
    const Index at = task.partitions.begin + static_cast<Index>(part);
    if (task.decided[part]) continue;
    if (!runs.empty() && runs.back().end == at) {
      ++runs.back().end;
    } else {
      runs.push_back({at, at + 1});
    }
  }
}

}  // namespace

bool RunningTasks::may_start(std::size_t asset) const {
  const AssetDef& def = plan_.assets[asset].def;
  if (def.policy.exclusive && of_asset_[asset] > 0) return false;
  if (def.pool.empty()) return true;
  const auto limit = pools_.find(def.pool);
  const auto used = pool_use_.find(def.pool);
  return limit == pools_.end() || used == pool_use_.end() || used->second < limit->second;
}

void RunningTasks::add(std::int64_t id, RunningTask task) {
  const std::string& pool = plan_.assets[task.asset].def.pool;
  if (!pool.empty()) ++pool_use_[pool];
  if (caps_ != nullptr) caps_->take(task.asset, caps_->lane_of(task.asset, task.partitions.begin));
  ++of_asset_[task.asset];
  partitions_ += task.partitions.size();
  tasks_.emplace(id, std::move(task));
}

RunningTask* RunningTasks::find(std::int64_t id) {
  const auto at = tasks_.find(id);
  return at == tasks_.end() ? nullptr : &at->second;
}

RunningTask RunningTasks::take(std::int64_t id) {
  const auto at = tasks_.find(id);
  RunningTask task = std::move(at->second);
  tasks_.erase(at);
  const std::string& pool = plan_.assets[task.asset].def.pool;
  if (!pool.empty()) --pool_use_[pool];
  if (caps_ != nullptr)
    caps_->give_back(task.asset, caps_->lane_of(task.asset, task.partitions.begin));
  --of_asset_[task.asset];
  partitions_ -= task.partitions.size();
  return task;
}

void RunningTasks::add_undecided(std::vector<std::vector<Run>>& begun,
                                 std::vector<std::vector<Run>>& waiting) const {
  for (const auto& [id, task] : tasks_)
    add_undecided_parts(task, task.begun ? begun[task.asset] : waiting[task.asset]);
}

}  // namespace partita
