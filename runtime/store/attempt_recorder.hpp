// Writes attempts: one event for those at one asset, and what follows from it in the projections.
//
// Everything here is within a write transaction of the caller. One thread at a time.
#pragma once

#include <span>
#include <vector>

#include "store/tables.hpp"

namespace partita {

class AttemptRecorder {
 public:
  explicit AttemptRecorder(Tables& tables) : tables_(tables) {}

  Status record(RunId run, std::span<const AttemptRecord> attempts, std::int64_t at);
  // Of checks that ran on their own: nothing else of what is known changes.
  Status record_checks(RunId run, std::span<const AttemptRecord> attempts, std::int64_t at);
  Status publish(std::span<const OutputRecord> outputs, std::int64_t at);

  // Takes in an event with attempts, or of outputs that were published; for rebuilding.
  Status apply(const Event& event);

 private:
  // Attempts at one asset, sorted by identity, earlier ones first.
  using Batch = std::span<const AttemptRecord* const>;

  struct Place {
    EventKind kind = EventKind::attempts;
    std::int64_t seq = 0;
    RunId run = 0;
    AssetId asset = 0;
  };

  Status record_all(RunId run, EventKind kind, std::span<const AttemptRecord> attempts,
                    std::int64_t at);
  Status record_batch(RunId run, EventKind kind, Batch batch, std::int64_t at);
  // What an attempt has to do with the one before at its partition.
  struct Link {
    bool replaces = false;   // it is of the same run
    std::int64_t back = -1;  // by how many events it is earlier; -1: there was none
  };

  Status append(const Place& place, Batch batch, const std::vector<Link>& links, std::int64_t at);
  Status append_logs(const Place& place, Batch batch);

  // Into the projections; one link for each.
  Result<std::vector<Link>> project(const Place& place, Batch batch);
  Result<std::vector<Link>> project_attempts(const Place& place, Batch batch);
  Status project_checks(const Place& place, Batch batch);
  struct RunSpan {
    std::int64_t first_seq = 0;
    bool wiped_since = false;  // anything
  };
  Result<RunSpan> span_of(RunId run);
  Result<Outcome> outcome_before(const Place& place, const AttemptRecord& attempt,
                                 const PartitionStates::Before& before, const RunSpan& span);
  Result<Outcome> search_run(const Place& place, std::string_view identity);
  Status apply_checks(const Place& place, const AttemptRecord& attempt);
  Status forget_checks_before(const Place& place, const AttemptRecord& attempt,
                              std::optional<bool>& has_checks);
  Status add_durations(AssetId asset, Batch batch);
  Status apply_attempts(const Event& event);
  Status apply_published(const Event& event);

  Tables& tables_;
};

}  // namespace partita
