// What a materialization was made from, and what became of its data since.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "partitions/set.hpp"

namespace partita {

struct Provenance {
  std::int64_t code = 0;         // among ProvenanceView::codes
  std::int64_t read_seq = 0;     // what it read is what the log held up to here
  std::int64_t changed_seq = 0;  // the event since which its data version is what it is
  std::uint64_t version = 0;     // a hash of the data version; 0: like no other's
  bool reverted = false;         // the version may be one that it had before something else
  std::int64_t gone_seq = 0;     // the event that wiped it; 0: it is there
  bool operator==(const Provenance&) const = default;
};

// Never 0.
std::uint64_t version_hash(std::string_view data_version);

struct CodeRecord {
  std::int64_t id = 0;
  std::string version;
  std::string hash;
  std::string basis;  // see AttemptRecord; empty: not known
};

// Of one asset's partitions that are materialized, or were until they were wiped, in the order of
// indices; codes by id.
struct ProvenanceView {
  struct Stretch {
    Run indices;
    Provenance made;
  };
  std::vector<Stretch> stretches;
  std::vector<CodeRecord> codes;
};

// The data versions that partitions had, oldest first; none before the first. One that is like no
// other's is told by its event.
struct VersionHistory {
  struct Change {
    std::int64_t seq = 0;
    std::uint64_t version = 0;
    bool gone = false;  // from here on it was wiped
  };
  struct Partition {
    Index index = 0;
    std::vector<Change> changes;
  };
  std::vector<Partition> partitions;  // in the order of indices
};

}  // namespace partita
