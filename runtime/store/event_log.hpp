// The event log: what happened, in the order in which it was acknowledged. Append-only.
//
// Knows how an event is kept, not what it means. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "store/records.hpp"
#include "store/sqlite.hpp"

namespace partita {

// On disk: append only. README.md has the payload of each.
enum class EventKind : std::uint8_t {
  asset_named = 1,
  code_named = 2,
  attempts = 3,
  outputs_published = 4,
  run_started = 5,
  run_finished = 6,
  keys_added = 7,
  keys_removed = 8,
  catalog_saved = 9,
  key_metadata = 10,
  wiped = 11,
  wipe_undone = 12,
  key_renamed = 13,
  run_resumed = 14,
  checks = 15,
};

struct Event {
  std::int64_t seq = 0;
  std::int64_t at = 0;  // UTC microseconds
  EventKind kind = EventKind::attempts;
  std::optional<std::int64_t> run;
  std::optional<std::int64_t> asset;     // of attempts, and of what changes what is known of them
  std::optional<std::int64_t> outcomes;  // one bit for each Outcome among the attempts
  std::string_view payload;
};

class EventLog {
 public:
  explicit EventLog(Database& database) : database_(database) {}

  Result<std::int64_t> last_seq();

  // Within a write transaction; seq is last_seq() + 1.
  Status append(const Event& event);

  // All events, oldest first.
  Status for_each(const std::function<Status(const Event&)>& visit);
  // Those with attempts at the asset that came after; or, too, those that wiped or brought back
  // some of its partitions.
  enum class Which { attempts, attempts_and_wipes };
  Status for_each_of_asset(std::int64_t asset, std::int64_t after, Which which,
                           const std::function<Status(const Event&)>& visit);
  // Whether what is known of the asset's partitions was changed otherwise after that: wiped,
  // brought back, or renamed.
  Result<bool> is_changed(std::int64_t asset, std::int64_t after);
  // The newest that removed keys from the dynamic set.
  Result<std::optional<std::int64_t>> newest_removal(std::string_view set);
  // All from `first` to `last`.
  Status for_each_between(std::int64_t first, std::int64_t last,
                          const std::function<Status(const Event&)>& visit);
  // Those that add, remove or rename keys of dynamic sets, after one and up to the other.
  Status for_each_of_sets(std::int64_t after, std::int64_t last,
                          const std::function<Status(const Event&)>& visit);
  // Those with attempts of the run that have one of these outcomes. The visitor returns false to
  // stop.
  Status for_each_of_run(RunId run, std::int64_t outcomes,
                         const std::function<bool(const Event&)>& visit);

  // The last with attempts at the asset that have one of these outcomes.
  Result<std::optional<std::int64_t>> newest_of_asset(std::int64_t asset, std::int64_t outcomes);

  // Empty where there is no such event.
  Result<std::string> payload(std::int64_t seq);
  Result<std::optional<RunId>> run_of(std::int64_t seq);

 private:
  Database& database_;
};

inline constexpr std::int64_t kAnyOutcome = -1;
inline std::int64_t outcome_bit(Outcome outcome) {
  return 1LL << static_cast<int>(outcome);
}

// The payload of an event that cannot be read.
Error damaged_event(const Database& database, std::int64_t seq);

}  // namespace partita
