// The keys that a dynamic set had when an event of the past was written, from the log.
//
// One thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "partitions/space.hpp"
#include "store/event_log.hpp"
#include "store/sqlite.hpp"

namespace partita {

class PastKeys {
 public:
  PastKeys(Database& database, EventLog& log) : database_(database), log_(log) {}

  // In the order of then. In time that follows what the log has up to there; the last answer of
  // each set is kept.
  Result<DynamicKeys> at(std::string_view set, std::int64_t seq);
  // Whether a key of the set was removed after that, or renamed: what was added is behind the rest.
  Result<bool> any_left_after(std::string_view set, std::int64_t seq);

 private:
  using Ordinals = std::unordered_map<std::string, std::int64_t>;
  struct Cached {
    std::int64_t seq = 0;
    DynamicKeys keys;
  };

  Status replay(const Event& event, std::string_view set, Ordinals& ordinals) const;

  Database& database_;
  EventLog& log_;
  std::unordered_map<std::string, Cached> cache_;
};

}  // namespace partita
