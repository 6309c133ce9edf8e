// The RunObserver of a real run: makes attempts durable, publishes outputs, answers inputs, and
// tells a RunListener.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "execute/scheduler.hpp"
#include "service/data_versions.hpp"
#include "service/live_activity.hpp"
#include "service/live_log.hpp"
#include "service/needs.hpp"
#include "service/project.hpp"
#include "service/snapshot.hpp"

namespace partita {

class RunRecorder final : public RunObserver {
 public:
  // All are borrowed for the length of the run. `writer` is another connection to `store`'s file:
  // what is recorded goes through it, on the committer's thread.
  RunRecorder(const Plan& plan, RunId run, Snapshot& snapshot, Store& store, Store& writer,
              const Settings& settings, const Clock& clock, RunListener& listener);

  // Before anything else.
  Status prepare();

  // What the plan holds back, recorded before anything starts.
  Status record_blocked();

  Status record(std::span<FinishedPartition> finished) override;
  void recorded(const FinishedPartition& finished) override;
  std::int64_t moment() override { return store_.last_seq(); }
  Result<bool> is_needed(std::size_t asset, Index partition) override {
    return needs_.needs(asset, partition);
  }
  Result<InputData> input(const PlannedAsset& planned, Run partitions,
                          std::string_view asset) override;
  std::vector<TaskCheck> checks_on(const PlannedAsset& planned) override;
  void started(const RunningPartition& partition) override;
  void progressed(const RunningPartition& partition, double fraction,
                  std::string_view text) override;
  void printed(const RunningPartition& partition, std::string_view line) override;
  void ended(const RunningPartition& batch) override;
  void noticed(std::string_view text) override { listener_.noticed(text); }
  void tick(const RunActivity& run) override {
    live_log_.look();
    live_activity_.tick(run, [this] { return store_.last_seq(); });
    listener_.tick();
  }

 private:
  std::string load_hash(const PlannedAsset& planned) const;
  AttemptRecord base_record(const PlannedAsset& planned, Index partition) const;
  Status record_attempts(std::span<FinishedPartition> finished);
  Status record_checks(std::span<const FinishedPartition> finished);
  Result<AttemptRecord> to_record(const FinishedPartition& finished);
  Path staged(std::int64_t task) const;
  Status sync_staging(std::span<const OutputRecord> outputs);
  Status sweep_staging(std::span<const FinishedPartition> finished) const;
  Result<InputData> read_input(const AssetDef& upstream, const PartitionSet& partitions);

  const Plan& plan_;
  RunId run_;
  Snapshot& snapshot_;
  const Catalog& catalog_;
  Store& store_;
  Store& writer_;
  const Settings& settings_;
  const Clock& clock_;
  RunListener& listener_;
  LiveLog live_log_;
  LiveActivity live_activity_;
  bool staging_is_durable_ = false;
  std::vector<std::shared_ptr<const std::string>> bases_;  // of the plan's assets
  DataVersions versions_;
  Needs needs_;
};

}  // namespace partita
