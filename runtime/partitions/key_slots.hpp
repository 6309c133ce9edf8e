// Where the keys of one dynamic set are within the texts of an asset's partitions, identities and
// keys alike: at which of the parts that `|` separates.
//
// A value; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "partitions/definition.hpp"

namespace partita {

struct KeySlots {
  std::uint64_t rank = 0;   // how many parts a text has; of a single one `|` may be part of the key
  std::uint64_t slots = 0;  // a bit for each part: the set has it
  bool operator==(const KeySlots&) const = default;

  static KeySlots of(const PartitionsDefinition& definition, std::string_view set);

  bool any() const { return slots != 0; }

  // Whether the text has the key at any of these places.
  bool have(std::string_view text, std::string_view key) const;
  // The text with one key in place of another at all of them.
  std::string replaced(std::string_view text, std::string_view from, std::string_view to) const;
};

}  // namespace partita
