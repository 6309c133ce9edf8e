#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "service/kept_log.hpp"
#include "service/leases.hpp"
#include "service/live_log.hpp"
#include "service/outputs.hpp"
#include "service/project_state.hpp"
#include "service/running_logs.hpp"
#include "service/statuses.hpp"

namespace partita {
namespace {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

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
  Result<std::int64_t> began = store.began_with(run);
  if (!began) return std::move(began).error();
  Result<std::vector<KeyRename>> renames = store.keys_renamed_after(*began);
  if (!renames) return std::move(renames).error();
  for (const auto& [set, from, to] : *renames)
    target.key = KeySlots::of(asset->partitions, set).replaced(target.key, from, to);
  return target;
}

Project::LogPiece piece_of(const AttemptRecord& attempt, KeptLog log) {
  const bool own = log.key.empty();
  return {attempt.asset,
          attempt.key,
          own ? std::move(log.text) : std::string(),
          display_status(attempt.outcome),
          attempt.attempt,
          std::move(log.key)};
}

// Of the attempt that has the number in the run; nothing where none has.
Result<std::optional<Project::LogPiece>> piece_of(RunId run, const AttemptRecord& last, int number,
                                                  Store& store) {
  auto attempt = store.attempt(run, last.asset, last.identity, number);
  if (!attempt) return std::move(attempt).error();
  if (!*attempt) return std::optional<Project::LogPiece>();
  Result<KeptLog> log = log_of(**attempt, store);
  if (!log) return std::move(log).error();
  return std::optional(piece_of(**attempt, *std::move(log)));
}

// The last attempts of the run at them.
Result<std::vector<AttemptRecord>> attempts_at(RunId run, const LogTarget& target, Store& store) {
  Result<std::vector<AttemptRecord>> attempts = store.attempts(run, false, kNoLimit);
  if (!attempts) return attempts;
  std::erase_if(*attempts, [&](const AttemptRecord& attempt) {
    return !is_meant(target, attempt.asset, attempt.key);
  });
  return attempts;
}

Result<std::vector<Project::LogPiece>> pieces_of(RunId run, const LogTarget& target, Store& store) {
  Result<std::vector<AttemptRecord>> attempts = attempts_at(run, target, store);
  if (!attempts) return std::move(attempts).error();
  std::vector<Project::LogPiece> pieces;
  for (const AttemptRecord& attempt : *attempts) {
    Result<std::string> log = store.log(run, attempt.asset, attempt.identity);
    if (!log) return std::move(log).error();
    pieces.push_back(piece_of(attempt, {*std::move(log), {}}));
    if (target.key.empty() || !pieces.back().text.empty()) continue;
    auto kept = piece_of(run, attempt, attempt.attempt, store);
    if (!kept) return std::move(kept).error();
    if (*kept) pieces.back() = **std::move(kept);
  }
  return pieces;
}

bool has_settled(const std::vector<Project::LogPiece>& pieces, std::string_view asset,
                 std::string_view key) {
  return std::any_of(pieces.begin(), pieces.end(), [&](const Project::LogPiece& piece) {
    return piece.asset == asset && piece.key == key && piece.status != DisplayStatus::failed;
  });
}

// Not what has ended since it was seen to run; what failed may run again.
void add_running(std::vector<Project::LogPiece> running, std::vector<Project::LogPiece>& pieces) {
  for (Project::LogPiece& piece : running) {
    if (!has_settled(pieces, piece.asset, piece.key)) pieces.push_back(std::move(piece));
  }
}

Error has_no_part(RunId run, std::string_view partition, bool is_to_run) {
  if (is_to_run)
    return {ErrorCode::not_found,
            fmt::format("find `{}` in run {}: the run has not come to it yet", partition, run),
            fmt::format("`partita logs {} {} -f` waits for it", run, partition)};
  return {ErrorCode::not_found,
          fmt::format("find `{}` in run {}: it had no part in it", partition, run),
          fmt::format("`partita run {}` shows what had", run)};
}

Error has_no_attempt(RunId run, std::string_view partition, int last, int attempt) {
  return {ErrorCode::not_found,
          fmt::format("find attempt {} at `{}` in run {}: the last was {}", attempt, partition, run,
                      last),
          {}};
}

}  // namespace

Result<std::vector<Project::LogPiece>> Project::logs(std::int64_t run, std::string_view partition,
                                                     LogsOf which) {
  // What ends in between is then still among what runs, and not in neither.
  Result<RunRecord> known = state_->store->run(run);
  if (!known) return std::move(known).error();
  Result<LogTarget> target = parse_log_target(partition);
  if (!target) return std::move(target).error();
  Result<RunningLogs> running = RunningLogs();
  if (which == LogsOf::ended_and_running) {
    Snapshot snapshot = state_->snapshot();
    running = running_logs(*known, target->asset, target->key, snapshot, *state_->store,
                           state_->settings);
  }
  if (!running) return std::move(running).error();
  Result<std::vector<LogPiece>> pieces = pieces_of(run, *target, *state_->store);
  if (!pieces) return pieces;
  if (pieces->empty() && !target->key.empty()) {
    auto now = with_key_of_now(run, *target, *state_->catalog, *state_->store);
    if (!now) return std::move(now).error();
    pieces = pieces_of(run, *now, *state_->store);
    if (!pieces) return pieces;
  }
  add_running(std::move(running->pieces), *pieces);
  if (pieces->empty() && !partition.empty()) return has_no_part(run, partition, running->is_to_run);
  return pieces;
}

Result<std::vector<Project::LogPiece>> Project::logs_of_attempt(std::int64_t run,
                                                                std::string_view partition,
                                                                int attempt) {
  Result<std::vector<LogPiece>> last = logs(run, partition);
  if (!last) return last;
  if (last->size() != 1)
    return usage_error(fmt::format("read `{}`: it names more than one partition", partition),
                       "name one: ASSET@KEY");
  const LogPiece& shown = last->front();
  auto attempts = attempts_at(run, {shown.asset, shown.key}, *state_->store);
  if (!attempts) return std::move(attempts).error();
  auto piece = piece_of(run, attempts->front(), attempt, *state_->store);
  if (!piece) return std::move(piece).error();
  if (!*piece) return has_no_attempt(run, partition, shown.attempt, attempt);
  return std::vector<LogPiece>{**std::move(piece)};
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
    if (is_meant(*target, asset, key) && !has_settled(*before, asset, key))
      line({asset, key, text});
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
