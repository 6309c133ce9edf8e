#include "store/records.hpp"

namespace partita {

const char* to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::none:
      return "none";
    case Outcome::materialized:
      return "materialized";
    case Outcome::failed:
      return "failed";
    case Outcome::upstream_failed:
      return "upstream_failed";
    case Outcome::skipped:
      return "skipped";
    case Outcome::cancelled:
      return "cancelled";
    case Outcome::passed:
      return "passed";
  }
  return "unknown";
}

const char* to_text(RunKind kind) {
  switch (kind) {
    case RunKind::materialize:
      return "materialize";
    case RunKind::report:
      return "report";
    case RunKind::check:
      return "check";
  }
  return "unknown";
}

const char* to_text(RunState state) {
  switch (state) {
    case RunState::running:
      return "running";
    case RunState::success:
      return "success";
    case RunState::failed:
      return "failed";
    case RunState::cancelled:
      return "cancelled";
    case RunState::interrupted:
      return "interrupted";
  }
  return "unknown";
}

}  // namespace partita
