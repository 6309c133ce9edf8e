#include "service/attempt_history.hpp"

#include "service/statuses.hpp"

namespace partita {
namespace {

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

}  // namespace

Status add_attempts(const std::string& asset, const std::string& identity, Store& store,
                    ExplainView& view) {
  auto attempts = store.attempts_at(asset, identity, kMostAttempts);
  if (!attempts) return std::move(attempts).error();
  for (const AttemptRecord& attempt : *attempts) view.attempts.push_back(shown(attempt));
  if (attempts->empty() || attempts->front().outcome != Outcome::failed) return {};
  Result<std::string> log = store.log(attempts->front().run, asset, identity);
  if (!log) return std::move(log).error();
  view.output = log->size() > kMostOutput ? log->substr(log->size() - kMostOutput) : *log;
  return {};
}

}  // namespace partita
