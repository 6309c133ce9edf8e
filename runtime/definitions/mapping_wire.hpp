// What goes between the host and the child that calls a plugin's mapping functions: one frame asks,
// one answers.
//
// The child's first frame is an answer, too: of nothing, or why the plugin did not open.
#pragma once

#include <string>
#include <string_view>

#include "partitions/key_functions.hpp"

namespace partita {

// Of the dependency of `asset` on `upstream`.
struct MappingCall {
  std::string asset;
  std::string upstream;
  std::size_t function = 0;
  MappingSide side = MappingSide::upstream;
  KeyBatch of;
};

std::string encode(const MappingCall& call);
Result<MappingCall> decode_mapping_call(std::string_view bytes);

std::string encode(const Result<RelatedKeys>& answer);
// The answer to a call for `count` keys.
Result<RelatedKeys> decode_related_keys(std::string_view bytes, std::size_t count);

}  // namespace partita
