// What the materialized partitions of one asset were made from, kept current in memory while a run
// adds to the log.
//
// On the thread of the store that it came from, and not after it.
#pragma once

#include <memory>
#include <string>

#include "store/provenance_summary.hpp"

namespace partita {

struct Tables;

class ProvenanceFollower {
 public:
  // `summary` covers the log up to the event `seq`.
  ProvenanceFollower(Tables& tables, std::string asset, SpacePtr space, ProvenanceSummary summary,
                     std::int64_t seq);

  // Takes in what the log has more by now; whether there was anything.
  Result<bool> catch_up();
  // visit(Run, const Provenance&) for what of these partitions is materialized, in order.
  template <class Visit>
  void for_each(Run partitions, const Visit& visit) {
    summary_.for_each_in(partitions, visit);
  }

 private:
  Tables& tables_;
  std::string asset_;
  SpacePtr space_;
  ProvenanceSummary summary_;
  std::int64_t seq_;
};

}  // namespace partita
