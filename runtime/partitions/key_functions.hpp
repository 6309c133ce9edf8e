// Mapping functions: relations between keys that somebody outside works out, a plugin in a process
// of its own say.
//
// What is behind them is unknown here. They are asked in batches while a mapping is bound, and
// never again: a bound mapping answers from what it was told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "partitions/space.hpp"

namespace partita {

// Partitions by their keys, dimension by dimension.
struct KeyBatch {
  struct Part {
    std::string key;
    std::optional<Window> window;
  };
  std::vector<std::string> dimensions;  // their names; none where the asset is not partitioned
  std::vector<Part> parts;              // dimensions.size() of them for each partition
  std::size_t count = 0;

  std::string key(std::size_t i) const;  // the whole key
  KeyBatch slice(std::size_t begin, std::size_t end) const;
};

// The partitions at these indices.
KeyBatch keys_at(const PartitionSpace& space, std::span<const Index> indices);

// For each partition of a batch, the keys of the other side. They need not exist.
using RelatedKeys = std::vector<std::vector<std::string>>;

enum class MappingSide { upstream, downstream };

// The functions in the mapping of one dependency. One thread.
class KeyFunctions {
 public:
  virtual ~KeyFunctions() = default;
  // `function` is MappingSpec::function. What `of` relates to on `side`, as long as `of`.
  virtual Result<RelatedKeys> related(std::size_t function, MappingSide side,
                                      const KeyBatch& of) = 0;
};

}  // namespace partita
