// The RunObserver of a real run: makes attempts durable, publishes outputs, answers inputs, and
// tells a RunListener.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "execute/scheduler.hpp"
#include "service/project.hpp"
#include "service/snapshot.hpp"

namespace partita {

class RunRecorder final : public RunObserver {
 public:
  // All are borrowed for the length of the run.
  RunRecorder(const Plan& plan, RunId run, Snapshot& snapshot, Store& store,
              const Settings& settings, const Clock& clock, RunListener& listener);

  // What the plan holds back, recorded before anything starts.
  Status record_blocked();

  Status record(std::span<const FinishedPartition> finished) override;
  Result<InputData> input(const PlannedAsset& planned, Index partition,
                          std::string_view asset) override;
  void prepare(const PlannedAsset& planned, Index partition, Task& task) override;
  void started(const Task& task) override;
  void progressed(const Task& task, double fraction, std::string_view text) override;
  void printed(const Task& task, std::string_view line) override;
  void tick() override { listener_.tick(); }

 private:
  AttemptRecord base_record(const PlannedAsset& planned, Index partition) const;
  Result<AttemptRecord> to_record(const FinishedPartition& finished) const;
  Result<InputData> read_input(const AssetDef& upstream, const PartitionSet& partitions);
  void tell(std::span<const AttemptRecord> records, std::span<const FinishedPartition> finished);

  const Plan& plan_;
  RunId run_;
  Snapshot& snapshot_;
  Store& store_;
  const Settings& settings_;
  const Clock& clock_;
  RunListener& listener_;
};

}  // namespace partita
