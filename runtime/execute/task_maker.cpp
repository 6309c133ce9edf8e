#include "execute/task_maker.hpp"

#include <algorithm>
#include <utility>

namespace partita {
namespace {

TaskAsset asset_of(const PlannedAsset& planned, const Plan& plan) {
  const RunPolicy& policy = planned.def.policy;
  TaskAsset made;
  made.key = planned.def.key;
  made.plugin = planned.def.plugin;
  for (const Dependency& dep : planned.def.deps) made.deps.push_back(dep.asset);
  if (plan.checks_only) made.deps.push_back(made.key);  // what its checks read
  made.checks_only = plan.checks_only;
  made.limits = {policy.time_limit, policy.cpu_limit, policy.memory_limit};
  made.priority = policy.priority;
  made.process_per_task = policy.process_per_partition();
  made.needs_process = policy.needs_process();
  return made;
}

}  // namespace

std::vector<TaskKey> keys_of(const PartitionSpace& space, Index partition) {
  std::vector<TaskKey> keys;
  const std::vector<Index> coordinates = space.coordinates(partition);
  for (std::size_t i = 0; i < space.rank(); ++i) {
    const DimensionSpace& dimension = space.dimension(i);
    keys.push_back({space.definition().dimensions[i].name, dimension.key_at(coordinates[i]),
                    dimension.window_at(coordinates[i])});
  }
  return keys;
}

Task TaskMaker::make(const Readiness::Start& start) {
  const PartitionSpace& space = *plan_.assets[start.asset].space;
  Task task;
  task.id = ++last_id_;
  task.attempt = start.attempt;
  task.asset = asset(start.asset);
  if (plan_.assets[start.asset].def.policy.takes_batches()) {
    for (Index i = start.partitions.begin; i < start.partitions.end; ++i)
      task.parts.push_back({space.key_at(i), keys_of(space, i)});
    add_own_reads(start, task.parts);
    last_id_ += start.partitions.size();
    return task;
  }
  task.keys = keys_of(space, start.partitions.begin);
  task.partition =
      task.keys.size() == 1 ? task.keys.front().key : space.key_at(start.partitions.begin);
  return task;
}

void TaskMaker::add_own_reads(const Readiness::Start& start, std::vector<TaskPart>& parts) const {
  const PlannedAsset& planned = plan_.assets[start.asset];
  const std::vector<Index>& shape = planned.space->shape();
  const Run batch = start.partitions;
  for (const PlannedDependency& dep : planned.deps) {
    if (dep.upstream != start.asset) continue;
    for (std::size_t part = 0; part < parts.size(); ++part) {
      const Index own = batch.begin + static_cast<Index>(part);
      dep.mapping->upstream_of(PartitionSet::of_index(shape, own))
          .existing.for_each_run([&](Run run) {
            const Index end = std::min(run.end, batch.end);
            for (Index i = std::max(run.begin, batch.begin); i < end; ++i) {
              if (i != own) parts[part].reads.push_back(i - batch.begin);
            }
            return true;
          });
    }
  }
}

const std::shared_ptr<const TaskAsset>& TaskMaker::asset(std::size_t index) {
  std::shared_ptr<const TaskAsset>& known = assets_[index];
  if (known) return known;
  TaskAsset made = asset_of(plan_.assets[index], plan_);
  made.number = static_cast<std::int64_t>(index);
  made.checks = observer_.checks_on(plan_.assets[index]);
  return known = std::make_shared<const TaskAsset>(std::move(made));
}

}  // namespace partita
