#include "service/kept_log.hpp"

namespace partita {

Result<KeptLog> log_of(AttemptRecord attempt, Store& store) {
  if (!attempt.log.empty() || !attempt.failure || attempt.started == 0)
    return KeptLog{std::move(attempt.log), {}};
  auto others = store.ended_with(attempt);
  if (!others) return std::move(others).error();
  for (AttemptRecord& other : *others) {
    const bool alike = other.failure && other.failure->message == attempt.failure->message;
    if (alike && !other.log.empty()) return KeptLog{std::move(other.log), std::move(other.key)};
  }
  return KeptLog{};
}

}  // namespace partita
