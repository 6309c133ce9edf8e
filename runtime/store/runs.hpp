// Runs: the table `run`, a projection of the events that start and finish them and of the attempts.
//
// One thread at a time.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "store/event_log.hpp"
#include "store/records.hpp"
#include "store/sqlite.hpp"

namespace partita {

// How the attempts of a run ended, by Outcome; of each partition only its last.
struct RunCounts {
  std::array<std::int64_t, 7> by_outcome{};
  std::int64_t replaced = 0;  // attempts that a later one has taken the place of
  std::int64_t& operator[](Outcome outcome) {
    return by_outcome[static_cast<std::size_t>(outcome)];
  }
};

class Runs {
 public:
  Runs(Database& database, EventLog& log) : database_(database), log_(log) {}

  // Within a write transaction, as finish() and add().
  Result<RunId> begin(const RunRecord& run, std::int64_t at);
  // `not_started`: nothing, where that is not known.
  Status finish(RunId run, RunState state, std::optional<std::int64_t> not_started,
                std::int64_t at);
  Status resume(RunId run, std::int64_t pid, std::int64_t at);

  // Adds to the counts of a run.
  Status add(RunId run, const RunCounts& counts);

  Result<std::vector<RunRecord>> newest(std::int64_t limit, RunId before);
  Result<std::optional<RunRecord>> find(RunId run);
  Result<std::vector<RunRecord>> under_way();

  // The event that started it: what is older is not of this run. An error for a run there is not.
  Result<std::int64_t> first_seq(RunId run);
  Result<std::int64_t> replaced(RunId run);

  // Takes in an event that starts or finishes a run; for rebuilding.
  Status apply(const Event& event);

 private:
  Status append(EventKind kind, RunId run, std::int64_t at, const Json& payload);

  Database& database_;
  EventLog& log_;
};

Error no_such_run(RunId run);

}  // namespace partita
