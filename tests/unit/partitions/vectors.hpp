// Reads conformance vectors: lists of facts about partitions, in JSON, kept outside of this tree.
//
// PARTITA_VECTORS names their directory; without it ../shared/vectors beside the source tree is
// taken where it exists.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "partitions/mapping.hpp"
#include "partitions/space.hpp"

namespace partita {

// The vectors of a file. Nothing where none are around; a test fails where PARTITA_VECTORS is set
// and has none.
std::optional<std::vector<Json>> read_vectors(std::string_view file);

// The definition a vector describes, refused where it cannot be written down or does not validate.
// An end before the start, which is refused where a person typed it, is let through.
Result<PartitionsDefinition> definition_of(const Json& json);

// The mapping a vector describes; null: the inferred one.
MappingSpec mapping_of(const Json& json);

// The space at the vector's `now`, in the far future where it names none.
Instant now_of(const Json& vector);
Result<SpacePtr> space_of(const Json& vector);

Instant instant_of(const Json& text);
std::vector<std::string> texts_of(const Json& list);
std::vector<std::string> all_keys(const PartitionSpace& space);

// The keys from one to the other, both included; an error where one of them does not exist.
Result<std::vector<std::string>> keys_between(const PartitionSpace& space, std::string_view from,
                                              std::string_view to);

// A member of a vector that is left out, and why.
struct LeftOut {
  std::string_view name;
  std::string_view why;
};

// Prints how many were checked and which were left out.
void report(std::string_view file, std::size_t checked, const std::vector<std::string>& left_out);

}  // namespace partita
