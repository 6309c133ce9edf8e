#include "execute/held_back.hpp"

namespace partita {

void HeldBack::add(std::size_t asset, const PartitionSet& partitions,
                   const std::shared_ptr<const std::string>& reason) {
  partitions.for_each_run([&](Run run) {
    held_.push_back({asset, run, reason});
    return true;
  });
}

std::vector<FinishedPartition> HeldBack::take(std::size_t most) {
  std::vector<FinishedPartition> some;
  while (!held_.empty() && some.size() < most) {
    Held& held = held_.front();
    some.push_back(finished(held, held.partitions.begin++));
    if (held.partitions.size() == 0) held_.pop_front();
  }
  return some;
}

FinishedPartition HeldBack::finished(const Held& held, Index partition) const {
  FinishedPartition finished;
  finished.asset = held.asset;
  finished.partition = partition;
  finished.fate = FinishedPartition::Fate::upstream_failed;
  finished.key = plan_.assets[held.asset].space->key_at(partition);
  finished.reason = *held.reason;
  return finished;
}

}  // namespace partita
