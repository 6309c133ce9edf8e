// Whose an output directory is. It is called by a key's text, and partitions of two schedules of an
// asset may have the same text: it is that of the one that was made last.
//
// One thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "service/snapshot.hpp"

namespace partita {

class OutputOwners {
 public:
  using Keys = std::set<std::string, std::less<>>;

  // Of the output directories of these keys of an asset, whether or not its definition has them.
  static Result<OutputOwners> of(const std::string& asset, const Keys& keys, Snapshot& snapshot,
                                 Store& store);

  bool is_anothers(const Path& directory, std::string_view identity) const;
  // Whether a partition was given one of them, whosever it is since.
  bool was_given_to(std::string_view identity) const;

 private:
  struct Owner {
    std::string identity;
    std::int64_t seq = 0;
  };

  void add(const Materialization& made);

  std::map<std::string, Owner, std::less<>> owners_;  // by directory
  Keys with_output_;                                  // identities
};

}  // namespace partita
