// Whether the functions of a mapping keep their word: that they say the same when they are asked
// again, and that a function and its inverse are one relation.
//
// Looks at every key of both sides, or beyond kCheckedKeys at that many, evenly spread, and at what
// those relate to. One thread.
#pragma once

#include <string>
#include <vector>

#include "partitions/mapping.hpp"

namespace partita {

inline constexpr Index kCheckedKeys = 50'000;

struct FunctionFault {
  std::string code;  // "function_differs", "function_disagrees", "function_failed"
  std::string message;
};

// One fault of each function at most; where a function cannot be asked at all, that it fails.
Result<std::vector<FunctionFault>> check_functions(const MappingSpec& spec,
                                                   const SpacePtr& upstream,
                                                   const SpacePtr& downstream,
                                                   KeyFunctions& functions,
                                                   Index most = kCheckedKeys);

}  // namespace partita
