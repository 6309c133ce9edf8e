// The kinds of Mapping, each behind one function. Internal to mapping_*.cpp.
//
// Those that relate two dimensions take and give one-dimensional sets; a product composes them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "partitions/mapping.hpp"

namespace partita {

using MappingPtr = std::shared_ptr<const Mapping>;

// One dimension of a space that it keeps alive.
struct BoundDimension {
  BoundDimension(const SpacePtr& space, std::size_t i)
      : keys(space, &space->dimension(i)), definition(&space->definition().dimensions[i]) {}

  std::shared_ptr<const DimensionSpace> keys;
  const Dimension* definition;

  std::vector<Index> shape() const { return {keys->size()}; }
  SpacePtr as_space() const;
};

// Every downstream partition needs the same upstream ones. Sets of any shape.
MappingPtr make_constant_mapping(PartitionSet upstream, std::vector<std::string> nonexistent,
                                 std::vector<Index> downstream_shape);

// Index by index, between spaces of one shape.
MappingPtr make_same_mapping();

// Equal keys.
MappingPtr make_key_mapping(const BoundDimension& upstream, const BoundDimension& downstream);

// Pairs of keys. One whose downstream key is not there relates nothing; one whose upstream key is
// not there blocks the downstream key, unless that may be missing.
MappingPtr make_pairs_mapping(const BoundDimension& upstream, const BoundDimension& downstream,
                              const MappingSpec& spec);

// Binds a mapping of Kind::function between two spaces, or two dimensions as spaces.
using BindFunction = std::function<Result<MappingPtr>(
    const MappingSpec& spec, const SpacePtr& upstream, const SpacePtr& downstream)>;

// As the public bind_mapping, with a say in how functions are bound.
Result<MappingPtr> bind_mapping_with(const BindFunction& bind_function, const MappingSpec& spec,
                                     SpacePtr upstream, SpacePtr downstream);

// What the function says of every downstream key, as a relation of indices.
Result<MappingPtr> make_function_mapping(const MappingSpec& spec, const SpacePtr& upstream,
                                         const SpacePtr& downstream, KeyFunctions& functions);

// Kinds time_window and time_window_latest, between time dimensions.
Result<MappingPtr> make_window_mapping(const MappingSpec& spec, const BoundDimension& upstream,
                                       const BoundDimension& downstream);

// Whether windows of the two come from one schedule and differ at most in where they start and end.
bool have_one_schedule(const Dimension& a, const Dimension& b);

struct DimensionMapping {
  std::size_t upstream = 0;
  std::optional<std::size_t> downstream;  // none where all downstream partitions need the same
  MappingPtr mapping;
};

// Dimensions in no part relate to all.
MappingPtr make_product_mapping(SpacePtr upstream, SpacePtr downstream,
                                std::vector<DimensionMapping> parts);

// How the dimensions of two definitions of one rank pair up for identity: by name, or by position
// where the names differ. Pairs of upstream and downstream dimension.
std::vector<std::pair<std::size_t, std::size_t>> identity_pairs(
    const PartitionsDefinition& upstream, const PartitionsDefinition& downstream);

std::optional<std::size_t> dimension_of(const PartitionsDefinition& definition,
                                        std::string_view name);

// One dimension as a definition of its own.
PartitionsDefinition single_definition(const Dimension& dimension);

}  // namespace partita
