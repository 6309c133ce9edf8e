// Each call is one commit.
#include "store/store_state.hpp"

namespace partita {

Status Store::save_catalog(std::int64_t generation, std::string_view json) {
  return state_->write([&](std::int64_t at) { return state_->catalog.save(generation, json, at); });
}

Result<std::int64_t> Store::add_dynamic_keys(std::string_view set,
                                             std::span<const std::string> keys,
                                             std::span<const KeyMetadata> metadata) {
  return state_->write_for<std::int64_t>([&](std::int64_t at) -> Result<std::int64_t> {
    auto added = state_->dynamic_sets.add(set, keys, at);
    if (!added) return added;
    auto written = state_->dynamic_sets.set_metadata(set, metadata, at);
    if (!written) return std::move(written).error();
    return added;
  });
}

Result<std::int64_t> Store::remove_dynamic_keys(std::string_view set,
                                                std::span<const std::string> keys) {
  return state_->write_for<std::int64_t>(
      [&](std::int64_t at) { return state_->dynamic_sets.remove(set, keys, at); });
}

Status Store::rename_dynamic_key(const KeyRename& rename, std::span<const RenamedAsset> assets) {
  return state_->write([&](std::int64_t at) { return state_->renamer.rename(rename, assets, at); });
}

Result<RunId> Store::begin_run(const RunRecord& run) {
  return state_->write_for<RunId>(
      [&](std::int64_t at) { return state_->tables.runs.begin(run, at); });
}

Status Store::finish_run(RunId run, RunState state, std::optional<std::int64_t> not_started) {
  return state_->write(
      [&](std::int64_t at) { return state_->tables.runs.finish(run, state, not_started, at); });
}

Result<RunId> Store::record_run(const RunRecord& run, const MakeAttempts& make) {
  return state_->write_for<RunId>([&](std::int64_t at) -> Result<RunId> {
    auto id = state_->tables.runs.begin(run, at);
    if (!id) return id;
    const std::vector<AttemptRecord> attempts = make(*id);
    if (auto done = state_->recorder.record(*id, attempts, at); !done)
      return std::move(done).error();
    auto finished = state_->tables.runs.finish(*id, RunState::success, 0, at);
    if (!finished) return std::move(finished).error();
    return id;
  });
}

Status Store::resume_run(RunId run, std::int64_t pid) {
  return state_->write([&](std::int64_t at) { return state_->tables.runs.resume(run, pid, at); });
}

Result<std::vector<RunRecord>> Store::close_abandoned_runs(
    const std::function<bool(const RunRecord& run)>& alive) {
  using Closed = std::vector<RunRecord>;
  auto open = state_->tables.runs.under_way();
  if (!open) return open;
  std::erase_if(*open, alive);
  if (open->empty()) return open;
  return state_->write_for<Closed>([&](std::int64_t at) -> Result<Closed> {
    Closed closed;
    for (const RunRecord& run : *open) {
      // It may have finished, or another process may have closed it, since it was looked at.
      auto now = state_->tables.runs.find(run.id);
      if (!now) return std::move(now).error();
      if (!*now || (*now)->state != RunState::running) continue;
      auto finished = state_->tables.runs.finish(run.id, RunState::interrupted, {}, at);
      if (!finished) return std::move(finished).error();
      closed.push_back(std::move(**now));
      closed.back().state = RunState::interrupted;
      closed.back().finished = at;
    }
    return closed;
  });
}

Status Store::record(RunId run, std::span<const AttemptRecord> attempts) {
  if (attempts.empty()) return {};
  return state_->write([&](std::int64_t at) { return state_->recorder.record(run, attempts, at); });
}

Status Store::record_checks(RunId run, std::span<const AttemptRecord> attempts) {
  if (attempts.empty()) return {};
  return state_->write(
      [&](std::int64_t at) { return state_->recorder.record_checks(run, attempts, at); });
}

// Relaxed: an output that is in its place can be found to be there again.
Status Store::mark_published(std::span<const OutputRecord> outputs) {
  if (outputs.empty()) return {};
  return state_->write([&](std::int64_t at) { return state_->recorder.publish(outputs, at); },
                       Transaction::Durability::relaxed);
}

Status Store::wipe(std::string_view selection, std::span<const WipeTarget> targets) {
  return state_->write([&](std::int64_t at) { return state_->wipes.wipe(selection, targets, at); });
}

Status Store::undo_wipe(WipeId wipe, std::span<const WipeTarget> targets) {
  return state_->write([&](std::int64_t at) { return state_->wipes.undo(wipe, targets, at); });
}

}  // namespace partita
