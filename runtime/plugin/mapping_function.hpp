// A plugin's mapping function, called for a batch of keys through the ABI.
//
// What is given and answered lives in the host's values; the plugin sees tables for the length of
// the call. Its answers are looked at as foreign. [map]: one thread.
#pragma once

#include "partita/abi.h"
#include "partitions/key_functions.hpp"

namespace partita {

// Borrowed from the plugin until drop() is called.
struct MappingFunction {
  void* user = nullptr;
  partita_mapping_fn upstream_of = nullptr;
  partita_mapping_fn downstream_of = nullptr;  // null: none
  void (*drop)(void* user) = nullptr;
};

// Lets through whatever the plugin throws.
Result<RelatedKeys> call_mapping_function(const MappingFunction& function, MappingSide side,
                                          const KeyBatch& of);

}  // namespace partita
