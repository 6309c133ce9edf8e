// TaskMaker: the tasks of a plan, each with all that the process that runs it must know.
#pragma once

#include <memory>
#include <vector>

#include "execute/readiness.hpp"
#include "execute/scheduler.hpp"
#include "plan/task.hpp"

namespace partita {

class TaskMaker {
 public:
  // Both are borrowed.
  TaskMaker(const Plan& plan, RunObserver& observer)
      : plan_(plan), observer_(observer), assets_(plan.assets.size()) {}

  Task make(const Readiness::Start& start);

 private:
  const std::shared_ptr<const TaskAsset>& asset(std::size_t index);
  void add_own_reads(const Readiness::Start& start, std::vector<TaskPart>& parts) const;

  const Plan& plan_;
  RunObserver& observer_;
  std::vector<std::shared_ptr<const TaskAsset>> assets_;  // once they are needed
  std::int64_t last_id_ = 0;
};

}  // namespace partita
