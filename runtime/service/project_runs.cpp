#include <fmt/format.h>
#include <poll.h>

#include <limits>
#include <set>

#include "base/text.hpp"
#include "service/leases.hpp"
#include "service/live_log.hpp"
#include "service/outputs.hpp"
#include "service/project_state.hpp"
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
  return {check.name, check.passed, check.blocking, check.warning, check.reason, check.metadata};
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

}  // namespace

Result<RunView> Project::run(std::int64_t run, std::int64_t limit, bool failed_only) {
  Result<RunRecord> record = state_->store->run(run);
  if (!record) return std::move(record).error();
  // One more than asked for tells whether there are more.
  Result<std::vector<AttemptRecord>> attempts =
      state_->store->attempts(run, failed_only, limit > 0 ? limit + 1 : kNoLimit);
  if (!attempts) return std::move(attempts).error();
  RunView view{to_row(*record, state_->clock->now_micros()), record->plan, {}, false};
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

namespace {

struct LogTarget {
  std::string asset, key;
};

Result<LogTarget> parse_log_target(std::string_view text) {
  const std::size_t at = text.find('@');
  LogTarget target{std::string(text.substr(0, at)), {}};
  if (at == std::string_view::npos) return target;
  auto expr = parse_partitions(text.substr(at + 1));
  if (!expr) return std::move(expr).error();
  if ((*expr)->kind != PartitionExpr::Kind::key) {
    return usage_error(fmt::format("read `{}`: it names more than one partition", text),
                       "name one: ASSET@KEY");
  }
  target.key = (*expr)->text;
  return target;
}

bool is_meant(const LogTarget& target, std::string_view asset, std::string_view key) {
  return (target.asset.empty() || target.asset == asset) &&
         (target.key.empty() || target.key == key);
}

// Of a key as the run had it.
Result<LogTarget> with_key_of_now(RunId run, LogTarget target, const Catalog& catalog,
                                  Store& store) {
  const AssetDef* asset = catalog.asset(target.asset);
  if (asset == nullptr) return target;
  Result<std::vector<KeyRename>> renames = store.keys_renamed_since(run);
  if (!renames) return std::move(renames).error();
  for (const auto& [set, from, to] : *renames)
    target.key = KeySlots::of(asset->partitions, set).replaced(target.key, from, to);
  return target;
}

Result<std::vector<Project::LogPiece>> pieces_of(RunId run, const LogTarget& target, Store& store) {
  Result<std::vector<AttemptRecord>> attempts = store.attempts(run, false, kNoLimit);
  if (!attempts) return std::move(attempts).error();
  std::vector<Project::LogPiece> pieces;
  for (const AttemptRecord& attempt : *attempts) {
    if (!is_meant(target, attempt.asset, attempt.key)) continue;
    Result<std::string> log = store.log(run, attempt.asset, attempt.identity);
    if (!log) return std::move(log).error();
    pieces.push_back(
        {attempt.asset, attempt.key, *std::move(log), display_status(attempt.outcome)});
  }
  return pieces;
}

}  // namespace

Result<std::vector<Project::LogPiece>> Project::logs(std::int64_t run, std::string_view partition) {
  if (Result<RunRecord> known = state_->store->run(run); !known) return std::move(known).error();
  Result<LogTarget> target = parse_log_target(partition);
  if (!target) return std::move(target).error();
  Result<std::vector<LogPiece>> pieces = pieces_of(run, *target, *state_->store);
  if (!pieces) return pieces;
  if (pieces->empty() && !target->key.empty()) {
    auto now = with_key_of_now(run, *target, *state_->catalog, *state_->store);
    if (!now) return std::move(now).error();
    pieces = pieces_of(run, *now, *state_->store);
    if (!pieces) return pieces;
  }
  if (pieces->empty() && !partition.empty()) {
    return Error{ErrorCode::not_found,
                 fmt::format("find `{}` in run {}: it had no part in it", partition, run),
                 fmt::format("`partita run {}` shows what had", run)};
  }
  return pieces;
}

namespace {

constexpr int kFollowMillis = 50;

}  // namespace

Status Project::follow_logs(std::int64_t run, std::string_view partition,
                            const std::function<void(const LogLine&)>& line,
                            const std::atomic<int>& interrupts) {
  Result<LogTarget> target = parse_log_target(partition);
  if (!target) return std::move(target).error();
  std::set<std::pair<std::string, std::string>> heard;
  const Result<std::vector<LogPiece>> before = logs(run, {});
  if (!before) return before.error();
  for (const LogPiece& piece : *before) heard.emplace(piece.asset, piece.key);
  const auto hear = [&](std::string_view asset, std::string_view key, std::string_view text) {
    heard.emplace(asset, key);
    if (is_meant(*target, asset, key)) line({asset, key, text});
  };
  LiveLogReader reader(temporary_directory(state_->settings, run));
  for (bool lives = true; lives && interrupts == 0;) {
    lives = has_lease(state_->settings, run);
    if (Status read = reader.read(hear); !read) return read;
    if (lives) ::poll(nullptr, 0, kFollowMillis);
  }
  // A partition may have ended before the run knew that it is followed.
  const Result<std::vector<LogPiece>> after = logs(run, {});
  if (!after) return after.error();
  for (const LogPiece& piece : *after) {
    if (heard.contains({piece.asset, piece.key}) || !is_meant(*target, piece.asset, piece.key))
      continue;
    const std::string text(trim(piece.text));
    if (text.empty()) continue;
    for (const std::string& one : split(text, '\n')) line({piece.asset, piece.key, one});
  }
  return {};
}

}  // namespace partita
