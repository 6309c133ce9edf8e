// Tells whether the indices of a space mean today what they meant when a summary was written.
//
// A space may have grown at the end of its dimensions, or its time dimensions may be cut shorter by
// an earlier "now"; whatever else has changed makes the print not fit. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "partitions/space.hpp"

namespace partita {

class SpacePrint {
 public:
  static SpacePrint of(const PartitionSpace& space);

  std::vector<Index> shape() const;

  // Every index that both have, dimension by dimension, is the same partition.
  bool fits(const PartitionSpace& space) const;

  std::string encode() const;
  static std::optional<SpacePrint> decode(std::string_view bytes);

 private:
  struct Dimension {
    Index size = 0;
    // Of windows: what they follow from, and some of them, since time zones change with the
    // system's tables. Of keys: nothing.
    std::string schedule;
    std::vector<std::pair<Index, std::string>> samples;
    // Of keys: a hash over all. Of windows: zero.
    std::uint64_t keys = 0;
  };

  static Dimension print_of(const PartitionSpace& space, std::size_t i);
  static bool fits(const Dimension& dimension, const PartitionSpace& space, std::size_t i);

  std::vector<Dimension> dimensions_;
};

}  // namespace partita
