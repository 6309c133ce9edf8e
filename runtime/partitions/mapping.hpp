// Which upstream partitions a downstream partition needs, and the other way round, on sets.
//
// Semantics follow Dagster's partition mappings; the differences (any number of dimensions, windows
// of different time zones map by overlap) are listed in this folder's README. The cost of asking
// follows the runs and boxes of the sets, not their partitions. Values and immutable objects; any
// thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "partitions/key_functions.hpp"
#include "partitions/set.hpp"
#include "partitions/space.hpp"

namespace partita {

// What a dependency declares. A value.
struct MappingSpec {
  enum class Kind {
    inferred,
    identity,            // the same key; windows of one schedule: the same window
    all,                 // every upstream partition
    last,                // the last upstream partition that exists
    keys,                // the upstream partitions named
    time_window,         // those whose window overlaps, offsets counted in downstream windows
    static_keys,         // the pairs
    multi_to_single,     // one side's only dimension with `dimension` of the other
    multi,               // the parts; a dimension in none of them relates to all
    time_window_latest,  // the one with the latest start that is not after the downstream's
    function,            // those that a plugin's function names
  };
  struct Part {  // Kind::multi; a name may be empty where there is only one dimension
    std::string upstream_dimension;
    std::string downstream_dimension;  // may be empty for all, last and keys
    std::shared_ptr<const MappingSpec> mapping;
  };
  Kind kind = Kind::inferred;
  Index start_offset = 0;  // Kind::time_window
  Index end_offset = 0;
  bool allow_missing = false;     // of keys, pairs and function, too
  std::vector<std::string> keys;  // Kind::keys
  std::vector<std::pair<std::string, std::string>>
      pairs;                                 // Kind::static_keys: upstream, downstream
  std::string dimension;                     // Kind::multi_to_single
  std::shared_ptr<const MappingSpec> inner;  // Kind::multi_to_single, null: inferred
  std::vector<Part> parts;
  std::string name;          // Kind::function
  std::size_t function = 0;  // its number among those of the whole mapping, from outside in
  bool has_inverse = false;

  // `time_window(-1,0)`, `multi_to_single(region, identity)`, `function fiscal_month`.
  std::string describe() const;
};
bool operator==(const MappingSpec& a, const MappingSpec& b);

Json to_json(const MappingSpec& spec);
Result<MappingSpec> mapping_from_json(const Json& json);

// What an inferred mapping comes to for two definitions, and what is inferred inside of another.
Result<MappingSpec> resolve_mapping(const MappingSpec& spec, const PartitionsDefinition& upstream,
                                    const PartitionsDefinition& downstream);

// Refuses a mapping that cannot hold between the two definitions, naming the dimension or key.
Status validate_mapping(const MappingSpec& spec, const PartitionsDefinition& upstream,
                        const PartitionsDefinition& downstream);

// Refuses an asset's dependency on itself unless some time dimension goes strictly back, so that
// its partitions have an order to run in.
Status validate_self_dependency(const MappingSpec& spec, const PartitionsDefinition& definition);

struct UpstreamPartitions {
  PartitionSet existing;  // of the upstream space
  // Required but nonexistent upstream keys, at most kMissingKeysShown of them, and for which
  // downstream partitions: of the downstream space.
  std::vector<std::string> nonexistent;
  PartitionSet blocked_downstream;
};
inline constexpr std::size_t kMissingKeysShown = 64;

// A mapping bound to two spaces. Immutable; any thread.
class Mapping {
 public:
  virtual ~Mapping() = default;
  virtual UpstreamPartitions upstream_of(const PartitionSet& downstream) const = 0;
  virtual PartitionSet downstream_of(const PartitionSet& upstream) const = 0;
};

// `functions` is asked for every downstream key, before this returns, where the mapping has a
// function; null: it has none.
Result<std::shared_ptr<const Mapping>> bind_mapping(const MappingSpec& spec, SpacePtr upstream,
                                                    SpacePtr downstream,
                                                    KeyFunctions* functions = nullptr);

// Whether the mapping, or one inside of it, is by a function.
bool has_function(const MappingSpec& spec);

}  // namespace partita
