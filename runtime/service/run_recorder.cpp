#include "service/run_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "service/outputs.hpp"
#include "service/project_state.hpp"

namespace partita {
namespace {

constexpr std::size_t kBlockedBatch = 4096;

Outcome outcome_of(FinishedPartition::Fate fate) {
  using Fate = FinishedPartition::Fate;
  switch (fate) {
    case Fate::materialized:
      return Outcome::materialized;
    case Fate::failed:
      return Outcome::failed;
    case Fate::skipped:
      return Outcome::skipped;
    case Fate::cancelled:
      return Outcome::cancelled;
    case Fate::upstream_failed:
      return Outcome::upstream_failed;
  }
  return Outcome::failed;
}

CheckRecord to_record(const TaskCheckResult& check) {
  return {check.name,    check.passed, check.ran,     check.blocking,
          check.warning, check.reason, check.metadata};
}

RunListener::Partition partition_of(const Task& task) {
  return {task.id, task.asset, task.partition};
}

}  // namespace

RunRecorder::RunRecorder(const Plan& plan, RunId run, Snapshot& snapshot, Store& store,
                         const Settings& settings, const Clock& clock, RunListener& listener)
    : plan_(plan),
      run_(run),
      snapshot_(snapshot),
      store_(store),
      settings_(settings),
      clock_(clock),
      listener_(listener) {}

AttemptRecord RunRecorder::base_record(const PlannedAsset& planned, Index partition) const {
  AttemptRecord record;
  record.asset = planned.def.key;
  record.identity = planned.space->identity_at(partition);
  record.key = planned.space->key_at(partition);
  record.code_version = snapshot_.catalog().code_version(planned.def);
  record.finished = clock_.now_micros();
  return record;
}

Status RunRecorder::record_blocked() {
  for (const BlockedPartitions& blocked : plan_.blocked) {
    const auto planned =
        std::find_if(plan_.assets.begin(), plan_.assets.end(),
                     [&](const PlannedAsset& asset) { return asset.def.key == blocked.asset; });
    std::vector<AttemptRecord> records;
    Status recorded;
    const auto flush = [&] {
      recorded = store_.record(run_, records);
      tell(records, {});
      records.clear();
      return recorded.has_value();
    };
    blocked.partitions.for_each([&](Index partition) {
      AttemptRecord& record = records.emplace_back(base_record(*planned, partition));
      record.outcome = Outcome::upstream_failed;
      record.reason = blocked.reason;
      return records.size() < kBlockedBatch || flush();
    });
    if (!recorded || (!records.empty() && !flush())) return recorded;
  }
  return {};
}

Result<AttemptRecord> RunRecorder::to_record(const FinishedPartition& finished) const {
  const PlannedAsset& planned = plan_.assets[finished.asset];
  AttemptRecord record = base_record(planned, finished.partition);
  record.outcome = outcome_of(finished.fate);
  record.reason = finished.reason;
  if (finished.task == nullptr) return record;
  const TaskResult& result = finished.result;
  record.attempt = finished.task->attempt;
  record.started = result.started;
  record.finished = result.finished;
  record.metadata = result.metadata;
  record.log = result.log;
  if (result.failure) {
    const TaskFailure& failure = *result.failure;
    record.failure =
        FailureRecord{failure.kind, failure.signal, failure.message, failure.backtrace};
  }
  for (const TaskCheckResult& check : result.checks)
    record.checks.push_back(partita::to_record(check));
  if (const PluginRecord* plugin = snapshot_.catalog().plugin(planned.def.plugin))
    record.code_hash = plugin->load_hash;
  if (record.outcome != Outcome::materialized) return record;
  record.data_version = result.data_version.empty()
                            ? fmt::format("run-{}-{}", run_, finished.task->id)
                            : result.data_version;
  if (result.has_output) {
    Result<OutputRecord> output =
        stage_output(finished.task->staging, output_directory(settings_, record.asset, record.key));
    if (!output) return std::move(output).error();
    record.output = *std::move(output);
  }
  return record;
}

Status RunRecorder::record(std::span<const FinishedPartition> finished) {
  std::vector<AttemptRecord> records;
  std::vector<OutputRecord> outputs;
  records.reserve(finished.size());
  for (const FinishedPartition& one : finished) {
    Result<AttemptRecord> record = to_record(one);
    if (!record) return std::move(record).error();
    if (record->output) outputs.push_back(*record->output);
    records.push_back(*std::move(record));
  }
  if (Status durable = store_.record(run_, records); !durable) return durable;
  if (Status published = publish(store_, outputs); !published) return published;
  for (const FinishedPartition& one : finished) {
    if (one.task == nullptr || !one.result.has_output ||
        one.fate == FinishedPartition::Fate::materialized)
      continue;
    if (Status swept = remove_tree(one.task->staging); !swept) return swept;
  }
  tell(records, finished);
  return {};
}

void RunRecorder::tell(std::span<const AttemptRecord> records,
                       std::span<const FinishedPartition> finished) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Task* task = i < finished.size() ? finished[i].task : nullptr;
    const RunListener::Partition partition{task != nullptr ? task->id : 0, records[i].asset,
                                           records[i].key};
    listener_.finished(partition, to_view(records[i]));
  }
}

Result<InputData> RunRecorder::input(const PlannedAsset& planned, Index partition,
                                     std::string_view asset) {
  for (const Dependency& dep : planned.def.deps) {
    const AssetDef* upstream = snapshot_.catalog().asset(dep.asset);
    if (dep.asset != asset || upstream == nullptr) continue;
    auto mapping = mapping_between(dep, *upstream, planned.def, snapshot_.world());
    if (!mapping) return std::move(mapping).error();
    const PartitionSet one = PartitionSet::of_index(planned.space->shape(), partition);
    return read_input(*upstream, (*mapping)->upstream_of(one).existing);
  }
  return Error{ErrorCode::not_found,
               fmt::format("read input `{}`: `{}` does not depend on it", asset, planned.def.key),
               {}};
}

Result<InputData> RunRecorder::read_input(const AssetDef& upstream,
                                          const PartitionSet& partitions) {
  Result<SpacePtr> space = snapshot_.space(upstream);
  if (!space) return std::move(space).error();
  InputData data{upstream.key, {}};
  std::vector<std::string> identities;
  partitions.for_each([&](Index index) {
    identities.push_back((*space)->identity_at(index));
    data.partitions.push_back(
        {(*space)->key_at(index), keys_of(**space, index), false, {}, {}, {}});
    return true;
  });
  std::size_t at = 0;
  Status read =
      store_.for_each_materialization(upstream.key, identities, [&](const Materialization& made) {
        while (identities[at] != made.identity) ++at;
        InputPartition& partition = data.partitions[at];
        partition.materialized = true;
        partition.data_version = made.data_version;
        partition.output_dir = made.output_dir;
        partition.metadata = made.metadata;
      });
  if (!read) return std::move(read).error();
  return data;
}

void RunRecorder::prepare(const PlannedAsset& planned, Index, Task& task) {
  task.run = run_;
  task.staging = staging_directory(settings_, run_, task.id).string();
  task.temporary = temporary_directory(settings_, run_, task.id).string();
  for (const CheckDef* check : snapshot_.catalog().checks_on(planned.def.key)) {
    task.checks.push_back(
        {check->name, check->blocking, check->severity == CheckDef::Severity::warning});
  }
}

void RunRecorder::started(const Task& task) {
  listener_.started(partition_of(task));
}

void RunRecorder::progressed(const Task& task, double fraction, std::string_view text) {
  listener_.progressed(partition_of(task), fraction, text);
}

void RunRecorder::printed(const Task& task, std::string_view line) {
  listener_.printed(partition_of(task), line);
}

}  // namespace partita
