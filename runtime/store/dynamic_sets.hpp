// Dynamic sets of partition keys, in insertion order, with what is kept with the keys: the tables
// `dynamic_set` and `dynamic_key`, projections of the events that add and remove keys.
//
// Does not know which keys are valid. One thread at a time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "partitions/space.hpp"
#include "store/event_log.hpp"
#include "store/key_metadata.hpp"
#include "store/sqlite.hpp"

namespace partita {

class DynamicSets {
 public:
  DynamicSets(Database& database, EventLog& log)
      : database_(database), log_(log), metadata_(database) {}

  Result<DynamicKeys> keys(std::string_view set);
  // The event that changed its keys last, 0 where none did.
  Result<std::int64_t> changed_seq(std::string_view set);
  Result<std::vector<KeyMetadata>> metadata(std::string_view set);
  Result<std::vector<std::pair<std::string, std::int64_t>>> list();

  // Within a write transaction. The results say how many were new, or removed.
  Result<std::int64_t> add(std::string_view set, std::span<const std::string> keys,
                           std::int64_t at);
  Result<std::int64_t> remove(std::string_view set, std::span<const std::string> keys,
                              std::int64_t at);
  // Of keys that are there.
  Status set_metadata(std::string_view set, std::span<const KeyMetadata> entries, std::int64_t at);

  // What the event `seq` says, which is not written here. The key keeps its place.
  Status rename(const KeyRename& rename, std::int64_t seq);

  // Takes in an event of a set; for rebuilding.
  Status apply(const Event& event);

 private:
  struct Set {
    std::int64_t id = 0;
    std::int64_t count = 0;
    std::int64_t next_ordinal = 0;
    std::int64_t changed_seq = 0;
  };
  // Keys as they were when an event changed the set last.
  struct Cached {
    std::int64_t changed_seq = 0;
    DynamicKeys keys;
  };

  Result<Set> find(std::string_view name);
  Result<Set> find_or_create(std::string_view name);
  Status save(const Set& set);
  Status append(EventKind kind, std::int64_t seq, std::int64_t at, std::string_view payload);
  Status apply_added(const Event& event);
  Status apply_removed(const Event& event);
  Status apply_metadata(const Event& event);

  Database& database_;
  EventLog& log_;
  KeyMetadataTable metadata_;
  std::unordered_map<std::string, Cached> cache_;
};

}  // namespace partita
