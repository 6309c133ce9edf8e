// How the materialized partitions of an asset were made: what freshness is judged by.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "partitions/set.hpp"

namespace partita {

// By what a partition was made, besides its inputs.
struct MadeBy {
  std::string code_version;  // empty: none was declared
  std::string code_hash;     // the plugin's load-hash
  std::string basis;         // plan/basis.hpp; empty: not known
};

struct MadeStretch {
  Run indices;
  std::size_t by = 0;            // in Made::by
  std::int64_t read_seq = 0;     // what it read is what there was up to this moment
  std::int64_t changed_seq = 0;  // the moment since which its data version is what it is
  std::uint64_t version = 0;     // a hash of the data version; 0: like no other's
  bool reverted = false;         // the version may be one that it had before another
};

// Partitions that were materialized until they were wiped.
struct GoneStretch {
  Run indices;
  std::int64_t read_seq = 0;     // as they were made
  std::int64_t changed_seq = 0;  // the moment since which they had their last data version
  std::int64_t gone_seq = 0;     // the moment that they were wiped
};

// Moments are numbers of the store's log.
struct Made {
  std::vector<MadeStretch> stretches;  // in the order of indices
  std::vector<GoneStretch> gone;       // likewise
  std::vector<MadeBy> by;
};

// Keys of an asset's dynamic dimension that were removed, with partitions that were materialized.
struct LostKeys {
  std::string dimension, set;
  std::int64_t made_seq = 0;  // the moment of the first of those materializations
  std::int64_t lost_seq = 0;  // that of the last removal
};

// Which data version a partition had when; none before the first. One that is like no other's has a
// number of its own here.
struct MadeVersions {
  struct Change {
    std::int64_t seq = 0;
    std::uint64_t version = 0;
    bool gone = false;  // from here on there was none
  };
  Index index = 0;
  std::vector<Change> changes;  // oldest first
};

}  // namespace partita
