#include "service/attempt_history.hpp"

#include <limits>

#include "service/kept_log.hpp"
#include "service/statuses.hpp"

namespace partita {
namespace {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMostOutput = 4096;  // bytes

ExplainView::Attempt shown(const AttemptRecord& attempt) {
  const bool ran = attempt.started > 0;
  return {attempt.run,
          attempt.finished / 1'000'000,
          display_status(attempt.outcome),
          attempt.attempt,
          ran ? static_cast<double>(attempt.finished - attempt.started) / 1e6 : 0,
          attempt.failure ? attempt.failure->message : attempt.reason};
}

Status add_output(AttemptRecord last, Store& store, ExplainView& view) {
  Result<std::string> captured = store.log(last.run, last.asset, last.identity);
  if (!captured) return std::move(captured).error();
  last.log = *std::move(captured);
  Result<KeptLog> log = log_of(std::move(last), store);
  if (!log) return std::move(log).error();
  view.output_key = log->key;
  const std::string& text = log->text;
  view.output = text.size() > kMostOutput ? text.substr(text.size() - kMostOutput) : text;
  return {};
}

}  // namespace

Status add_attempts(const std::string& asset, const std::string& identity, std::int64_t most,
                    Store& store, ExplainView& view) {
  auto attempts = store.attempts_at(asset, identity, kNoLimit);
  if (!attempts) return std::move(attempts).error();
  view.attempt_count = static_cast<std::int64_t>(attempts->size());
  for (const AttemptRecord& attempt : *attempts) {
    if (most > 0 && static_cast<std::int64_t>(view.attempts.size()) == most) break;
    view.attempts.push_back(shown(attempt));
  }
  if (attempts->empty() || attempts->front().outcome != Outcome::failed) return {};
  return add_output(std::move(attempts->front()), store, view);
}

}  // namespace partita
