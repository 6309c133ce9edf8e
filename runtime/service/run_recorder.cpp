#include "service/run_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan/basis.hpp"
#include "service/outputs.hpp"
#include "service/project_state.hpp"

namespace partita {
namespace {

constexpr std::size_t kBlockedBatch = 4096;

Outcome outcome_of(FinishedPartition::Fate fate, const Plan& plan) {
  using Fate = FinishedPartition::Fate;
  switch (fate) {
    case Fate::materialized:
      return plan.checks_only ? Outcome::passed : Outcome::materialized;
    case Fate::failed:
      return Outcome::failed;
    case Fate::skipped:
      return Outcome::skipped;
    case Fate::cancelled:
      return Outcome::cancelled;
    case Fate::upstream_failed:  // of checks: those of an asset that was given up
      return plan.checks_only ? Outcome::cancelled : Outcome::upstream_failed;
  }
  return Outcome::failed;
}

CheckRecord to_record(const TaskCheckResult& check) {
  return {check.name,    check.passed, check.ran,     check.blocking,
          check.warning, check.reason, check.metadata};
}

RunListener::Partition partition_of(const RunningPartition& partition) {
  return {partition.task, partition.asset, partition.key};
}

// What the attempt itself tells; its log is for the store alone.
void take_result(const FinishedPartition& finished, AttemptRecord& record) {
  const TaskResult& result = finished.result;
  record.attempt = finished.attempt;
  record.started = result.started;
  record.finished = result.finished;
  record.data_version = result.data_version;
  record.metadata = result.metadata;
  record.log = result.log;
  if (result.failure) {
    const TaskFailure& failure = *result.failure;
    record.failure =
        FailureRecord{failure.kind, failure.signal, failure.message, failure.backtrace, {}};
    if (failure.usage) {
      record.failure->usage = UsageRecord{
          failure.usage->user_seconds, failure.usage->system_seconds, failure.usage->max_rss_bytes};
    }
  }
  for (const TaskCheckResult& check : result.checks) record.checks.push_back(to_record(check));
}

}  // namespace

RunRecorder::RunRecorder(const Plan& plan, RunId run, Snapshot& snapshot, Store& store,
                         Store& writer, const Settings& settings, const Clock& clock,
                         RunListener& listener)
    : plan_(plan),
      run_(run),
      snapshot_(snapshot),
      catalog_(snapshot.catalog()),
      store_(store),
      writer_(writer),
      settings_(settings),
      clock_(clock),
      listener_(listener),
      live_log_(temporary_directory(settings, run)),
      live_activity_(activity_file(settings, run), plan, store.last_seq(), clock),
      versions_(plan, snapshot, writer),
      needs_(plan, snapshot, store) {}

Status RunRecorder::prepare() {
  if (plan_.checks_only) return {};
  for (const PlannedAsset& planned : plan_.assets) {
    bases_.push_back(
        std::make_shared<const std::string>(to_text(basis_of(planned.def, settings_.config))));
  }
  if (Status prepared = versions_.prepare(bases_); !prepared) return prepared;
  return needs_.prepare();
}

AttemptRecord RunRecorder::base_record(const PlannedAsset& planned, Index partition) const {
  AttemptRecord record;
  record.asset = planned.def.key;
  record.identity = planned.space->identity_at(partition);
  record.key = planned.space->key_at(partition);
  record.code_version = catalog_.code_version(planned.def);
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
      recorded = writer_.record(run_, records);
      for (const AttemptRecord& record : records)
        listener_.finished({0, record.asset, record.key}, to_view(record));
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

Result<AttemptRecord> RunRecorder::to_record(const FinishedPartition& finished) {
  const PlannedAsset& planned = plan_.assets[finished.asset];
  AttemptRecord record;
  record.asset = planned.def.key;
  record.identity = planned.space->identity_at(finished.partition);
  record.key = finished.key;
  record.code_version = catalog_.code_version(planned.def);
  record.outcome = outcome_of(finished.fate, plan_);
  record.reason = finished.reason;
  if (finished.task == 0) {
    record.finished = clock_.now_micros();
    return record;
  }
  take_result(finished, record);
  record.code_hash = load_hash(planned);
  if (plan_.checks_only) record.read_seq = finished.read_seq;
  if (record.outcome != Outcome::materialized) return record;
  record.basis = bases_[finished.asset];
  record.read_seq = finished.read_seq;
  if (record.data_version.empty())
    record.data_version = versions_.of(finished.asset, finished.partition, finished.read_seq);
  if (finished.result.has_output) {
    Result<OutputRecord> output =
        stage_output(staged(finished.task), output_directory(settings_, record.asset, record.key));
    if (!output) return std::move(output).error();
    record.output = *std::move(output);
  }
  return record;
}

Status RunRecorder::record(std::span<FinishedPartition> finished) {
  return plan_.checks_only ? record_checks(finished) : record_attempts(finished);
}

Status RunRecorder::record_checks(std::span<const FinishedPartition> finished) {
  std::vector<AttemptRecord> records;
  records.reserve(finished.size());
  for (const FinishedPartition& one : finished) {
    Result<AttemptRecord> record = to_record(one);
    if (!record) return std::move(record).error();
    records.push_back(*std::move(record));
  }
  return writer_.record_checks(run_, records);
}

Status RunRecorder::record_attempts(std::span<FinishedPartition> finished) {
  std::vector<AttemptRecord> records;
  std::vector<OutputRecord> outputs;
  records.reserve(finished.size());
  if (Status current = versions_.catch_up(); !current) return current;
  for (FinishedPartition& one : finished) {
    Result<AttemptRecord> record = to_record(one);
    if (!record) return std::move(record).error();
    one.result.data_version = record->data_version;
    if (record->output) outputs.push_back(*record->output);
    records.push_back(*std::move(record));
  }
  if (Status synced = sync_staging(outputs); !synced) return synced;
  if (Status durable = writer_.record(run_, records); !durable) return durable;
  if (Status published = publish(writer_, outputs); !published) return published;
  return sweep_staging(finished);
}

// A record that is durable rests on the name of what is staged.
Status RunRecorder::sync_staging(std::span<const OutputRecord> outputs) {
  if (outputs.empty()) return {};
  const Path staging = staging_directory(settings_, run_);
  if (Status synced = sync_names(staging); !synced) return synced;
  if (std::exchange(staging_is_durable_, true)) return {};
  if (Status synced = sync_names(staging.parent_path()); !synced) return synced;
  return sync_names(settings_.state);
}

Path RunRecorder::staged(std::int64_t task) const {
  return directory_of(staging_directory(settings_, run_).string(), task);
}

// What attempts that made nothing have left.
Status RunRecorder::sweep_staging(std::span<const FinishedPartition> finished) const {
  for (const FinishedPartition& one : finished) {
    if (!one.result.has_output || one.fate == FinishedPartition::Fate::materialized) continue;
    if (Status swept = remove_tree(staged(one.task)); !swept) return swept;
  }
  return {};
}

std::string RunRecorder::load_hash(const PlannedAsset& planned) const {
  const PluginRecord* plugin = catalog_.plugin(planned.def.plugin);
  return plugin == nullptr ? std::string() : plugin->load_hash;
}

void RunRecorder::recorded(const FinishedPartition& finished) {
  live_log_.forget(finished.task);
  const PlannedAsset& planned = plan_.assets[finished.asset];
  const std::string& asset = planned.def.key;
  AttemptRecord record;
  record.outcome = outcome_of(finished.fate, plan_);
  record.reason = finished.reason;
  take_result(finished, record);
  if (finished.task != 0) record.code_hash = load_hash(planned);
  const RunListener::Partition partition{finished.task, asset, finished.key};
  if (finished.retry_after) {
    listener_.retrying(partition, to_view(record), *finished.retry_after);
  } else {
    listener_.finished(partition, to_view(record));
  }
}

Result<InputData> RunRecorder::input(const PlannedAsset& planned, Run partitions,
                                     std::string_view asset) {
  if (plan_.checks_only && asset == planned.def.key)
    return read_input(planned.def, PartitionSet::of_runs(planned.space->shape(), {partitions}));
  for (const Dependency& dep : planned.def.deps) {
    const AssetDef* upstream = snapshot_.catalog().asset(dep.asset);
    if (dep.asset != asset || upstream == nullptr) continue;
    auto mapping = mapping_between(dep, *upstream, planned.def, snapshot_.world());
    if (!mapping) return std::move(mapping).error();
    const PartitionSet set = PartitionSet::of_runs(planned.space->shape(), {partitions});
    return read_input(*upstream, (*mapping)->upstream_of(set).existing);
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

std::vector<TaskCheck> RunRecorder::checks_on(const PlannedAsset& planned) {
  std::vector<TaskCheck> checks;
  const std::vector<std::string>& names = plan_.check_names;
  for (const CheckDef* check : catalog_.checks_on(planned.def.key)) {
    if (!names.empty() && std::find(names.begin(), names.end(), check->name) == names.end())
      continue;
    checks.push_back(
        {check->name, check->blocking, check->severity == CheckDef::Severity::warning});
  }
  return checks;
}

void RunRecorder::started(const RunningPartition& partition) {
  listener_.started(partition_of(partition));
}

void RunRecorder::ended(const RunningPartition& batch) {
  live_log_.forget(batch.task);
  listener_.ended(partition_of(batch));
}

void RunRecorder::progressed(const RunningPartition& partition, double fraction,
                             std::string_view text) {
  listener_.progressed(partition_of(partition), fraction, text);
}

void RunRecorder::printed(const RunningPartition& partition, std::string_view line) {
  live_log_.add(partition.task, partition.asset, partition.key, line);
  listener_.printed(partition_of(partition), line);
}

}  // namespace partita
