#include <fmt/format.h>

#include <limits>

#include "service/live_runs.hpp"
#include "service/project_state.hpp"
#include "service/run_plan.hpp"
#include "service/statuses.hpp"

namespace partita {
namespace {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

// Of what a run had planned, what it never came to since it was stopped, or its process ended.
std::int64_t not_started(const RunRecord& run, std::int64_t settled) {
  if (run.not_started) return *run.not_started;
  const bool stopped = run.state == RunState::cancelled || run.state == RunState::interrupted;
  return stopped ? run.planned - settled : 0;
}

}  // namespace

RunRow to_row(const RunRecord& run, std::int64_t now) {
  RunRow row;
  row.run = run.id;
  row.kind = to_text(run.kind);
  row.result = to_text(run.state);
  row.selection = run.selection;
  row.options = run.options;
  row.started = run.started / 1'000'000;
  const std::int64_t until = run.state == RunState::running ? now : run.finished;
  row.seconds = until > run.started ? static_cast<double>(until - run.started) / 1e6 : 0;
  row.planned = run.planned;
  row.generation = run.generation;
  row.as_of = run.as_of;
  std::int64_t settled = 0;
  for (const auto& [outcome, count] : run.counts) {
    if (count > 0) row.counts[display_status(outcome)] += count;
    settled += count;
  }
  if (const std::int64_t count = not_started(run, settled); count > 0)
    row.counts[DisplayStatus::cancelled] += count;
  return row;
}

AttemptView to_view(const AttemptRecord& attempt) {
  AttemptView view;
  view.asset = attempt.asset;
  view.key = attempt.key;
  view.status = display_status(attempt.outcome);
  view.attempts = attempt.attempt;
  view.seconds =
      attempt.started > 0 ? static_cast<double>(attempt.finished - attempt.started) / 1e6 : 0;
  view.reason = attempt.reason;
  view.data_version = attempt.data_version;
  view.code_hash = attempt.code_hash;
  view.metadata = attempt.metadata;
  if (attempt.failure) {
    const FailureRecord& failure = *attempt.failure;
    view.error = FailureView{failure.kind, failure.signal, failure.message, failure.backtrace, {}};
    if (failure.usage) {
      view.error->usage = UsageView{failure.usage->user_seconds, failure.usage->system_seconds,
                                    failure.usage->max_rss_bytes};
    }
  }
  for (const CheckRecord& check : attempt.checks) view.checks.push_back(to_view(check));
  return view;
}

CheckResultView to_view(const CheckRecord& check) {
  return {check.name,   check.passed,   check.blocking, check.warning,
          check.reason, check.metadata, check.ran};
}

AssetView::Latest to_view(const Materialization& made) {
  return {made.key,          made.run,       made.finished / 1'000'000, made.data_version,
          made.code_version, made.code_hash, made.output_dir,           made.metadata};
}

Result<std::vector<RunRow>> Project::runs(std::int64_t limit, std::int64_t before) {
  Result<std::vector<RunRecord>> runs = state_->store->runs(limit, before);
  if (!runs) return std::move(runs).error();
  std::vector<RunRow> rows;
  for (const RunRecord& run : *runs) rows.push_back(to_row(run, state_->clock->now_micros()));
  return rows;
}

namespace {

// The attempts of the run that came before this one at its partition, the first one first.
Result<std::vector<AttemptView>> earlier_attempts(RunId run, const AttemptRecord& last,
                                                  Store& store) {
  std::vector<AttemptView> earlier;
  if (last.attempt <= 1) return earlier;
  auto attempts = store.attempts_at(last.asset, last.identity, kNoLimit);
  if (!attempts) return std::move(attempts).error();
  for (auto at = attempts->rbegin(); at != attempts->rend(); ++at) {
    if (at->run == run) earlier.push_back(to_view(*at));
  }
  if (!earlier.empty()) earlier.pop_back();
  return earlier;
}

// What a run that lives is at, and has still to make.
Status count_live(const RunRecord& run, const Settings& settings, Snapshot& snapshot, Store& store,
                  StatusCounts& counts) {
  LiveRuns live = LiveRuns::look_at(settings, snapshot.catalog(), store, run);
  for (const std::string& key : RunPlan(run, snapshot.catalog(), store).assets()) {
    const AssetDef* asset = snapshot.catalog().asset(key);
    if (asset == nullptr) continue;
    Result<ShownStatuses> shown = shown_statuses(*asset, snapshot, live);
    if (!shown) return std::move(shown).error();
    for (const RunShare& share : shown->shares) {
      if (!share.running.empty()) counts[DisplayStatus::running] += share.running.count();
      if (!share.queued.empty()) counts[DisplayStatus::queued] += share.queued.count();
    }
  }
  return {};
}

}  // namespace

Result<RunView> Project::run(std::int64_t run, std::int64_t limit, bool failed_only) {
  Result<RunRecord> record = state_->store->run(run);
  if (!record) return std::move(record).error();
  // One more than asked for tells whether there are more.
  Result<std::vector<AttemptRecord>> attempts =
      state_->store->attempts(run, failed_only, limit > 0 ? limit + 1 : kNoLimit);
  if (!attempts) return std::move(attempts).error();
  RunView view{to_row(*record, state_->clock->now_micros()), record->plan, {}, false};
  if (record->state == RunState::running) {
    Snapshot snapshot(state_->catalog, *state_->store, *state_->functions, record->as_of,
                      state_->settings.config);
    Status counted =
        count_live(*record, state_->settings, snapshot, *state_->store, view.row.counts);
    if (!counted) return std::move(counted).error();
  }
  for (const AttemptRecord& attempt : *attempts) {
    auto earlier = earlier_attempts(run, attempt, *state_->store);
    if (!earlier) return std::move(earlier).error();
    view.partitions.push_back(to_view(attempt));
    view.partitions.back().earlier = *std::move(earlier);
  }
  if (limit > 0 && static_cast<std::int64_t>(view.partitions.size()) > limit) {
    view.partitions.resize(static_cast<std::size_t>(limit));
    view.truncated = true;
  }
  return view;
}

}  // namespace partita
