#include "partitions/space.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "partitions/key.hpp"
#include "partitions/key_list_space.hpp"
#include "partitions/time_space.hpp"

namespace partita {
namespace {

using DimensionPtr = std::shared_ptr<const DimensionSpace>;

// Of a space whose dimension sizes multiply past an Index nothing could be said.
constexpr Index kMostPartitions = Index{1} << 62;

Result<DimensionPtr> make_kind(const TimeDimension& dimension, const SpaceContext& context) {
  auto schedule = TimeSchedule::compile(dimension);
  if (!schedule) return std::move(schedule).error();
  return DimensionPtr(std::make_shared<TimeDimensionSpace>(*std::move(schedule), context.now));
}

Result<DimensionPtr> make_kind(const StaticDimension& dimension, const SpaceContext&) {
  auto keys = std::make_shared<const std::vector<std::string>>(dimension.keys);
  return DimensionPtr(std::make_shared<KeyListSpace>(std::move(keys)));
}

Result<DimensionPtr> make_kind(const DynamicDimension& dimension, const SpaceContext& context) {
  DynamicKeys keys;
  if (context.dynamic_keys) {
    Result<DynamicKeys> read = context.dynamic_keys(dimension.set);
    if (!read) return std::move(read).error().wrap("read dynamic set " + dimension.set);
    keys = *std::move(read);
  }
  if (!keys) keys = std::make_shared<const std::vector<std::string>>();
  return DimensionPtr(std::make_shared<KeyListSpace>(std::move(keys)));
}

Result<DimensionPtr> make_dimension(const Dimension& dimension, const SpaceContext& context) {
  auto made =
      std::visit([&](const auto& kind) { return make_kind(kind, context); }, dimension.kind);
  if (made || dimension.name.empty()) return made;
  return std::move(made).error().wrap("dimension " + dimension.name);
}

Status check_size(const std::vector<DimensionPtr>& dimensions) {
  Index product = 1;
  for (const DimensionPtr& dimension : dimensions) {
    if (dimension->size() == 0) return {};
    if (product > kMostPartitions / dimension->size()) {
      return usage_error(fmt::format("refuse a product of more than {} partitions",
                                     with_thousands(kMostPartitions)));
    }
    product *= dimension->size();
  }
  return {};
}

std::string joined_names(const PartitionsDefinition& definition) {
  std::vector<std::string> names;
  names.reserve(definition.dimensions.size());
  for (const Dimension& dimension : definition.dimensions) names.push_back(dimension.name);
  return join(names, "|");
}

Error wrong_shape(std::string_view key, const PartitionsDefinition& definition) {
  return {ErrorCode::not_found,
          fmt::format("find no partition `{}`: want one key for each of {}", printable_key(key),
                      joined_names(definition)),
          {}};
}

// The parts of `a|b` in the order of the dimensions; of another number where the key is malformed.
Result<std::vector<std::string>> parts_by_position(std::string_view key,
                                                   const PartitionSpace& space) {
  std::vector<std::string> parts = split(key, '|');
  if (parts.size() != space.rank()) return wrong_shape(key, space.definition());
  return parts;
}

// The parts of `date=b,region=a`, each dimension named once.
Result<std::vector<std::string>> parts_by_name(std::string_view key, const PartitionSpace& space) {
  const std::vector<std::string> pieces = split(key, ',');
  if (pieces.size() != space.rank()) return wrong_shape(key, space.definition());
  std::vector<std::string> parts(space.rank());
  std::vector<bool> named(space.rank());
  for (const std::string& piece : pieces) {
    const std::size_t equals = piece.find('=');
    if (equals == piece.npos) return wrong_shape(key, space.definition());
    const std::string_view name = trim(std::string_view(piece).substr(0, equals));
    const auto dimension = space.dimension_named(name);
    if (!dimension || named[*dimension]) return wrong_shape(key, space.definition());
    parts[*dimension] = piece.substr(equals + 1);
    named[*dimension] = true;
  }
  return parts;
}

// No key of a product has a `|` in it, so a text that has one is not written by name.
Result<std::vector<std::string>> key_parts(std::string_view key, const PartitionSpace& space) {
  if (space.rank() == 1) return std::vector{std::string(key)};
  const bool by_name = key.find('=') != key.npos && key.find('|') == key.npos;
  return by_name ? parts_by_name(key, space) : parts_by_position(key, space);
}

// As `find`, but without an error where nothing is found.
std::optional<Index> index_of_parts(const std::vector<std::string>& parts,
                                    const PartitionSpace& space) {
  std::vector<Index> coordinates;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto index = space.dimension(i).index_of(parts[i]);
    if (!index) return std::nullopt;
    coordinates.push_back(*index);
  }
  return space.index_at(coordinates);
}

// What the parts come to in another order, if each is a key then; else, in which order they go.
std::string hint_on_order(std::vector<std::string> parts, const PartitionSpace& space) {
  constexpr std::size_t kMostParts = 6;  // of whose orders all are tried
  std::sort(parts.begin(), parts.end());
  do {
    if (index_of_parts(parts, space)) return fmt::format("did you mean `{}`?", join(parts, "|"));
  } while (parts.size() <= kMostParts && std::next_permutation(parts.begin(), parts.end()));
  return {};
}

}  // namespace

Error DimensionSpace::absence_of(std::string_view key) const {
  return {ErrorCode::not_found, fmt::format("find no partition `{}`", printable_key(key)), {}};
}

std::string DimensionSpace::identity_at(Index index) const {
  return key_at(index);
}

std::optional<Index> DimensionSpace::index_of_identity(std::string_view identity) const {
  return index_of(identity);
}

PartitionSpace::PartitionSpace(PartitionsDefinition definition,
                               std::vector<DimensionPtr> dimensions)
    : definition_(std::move(definition)), dimensions_(std::move(dimensions)) {
  for (const DimensionPtr& dimension : dimensions_) shape_.push_back(dimension->size());
  if (std::find(shape_.begin(), shape_.end(), 0) != shape_.end()) size_ = 0;
  for (const Index side : shape_) {
    if (size_ != 0) size_ *= side;
  }
}

std::optional<std::size_t> PartitionSpace::dimension_named(std::string_view name) const {
  for (std::size_t i = 0; i < definition_.dimensions.size(); ++i) {
    if (definition_.dimensions[i].name == name) return i;
  }
  return std::nullopt;
}

std::string PartitionSpace::key_at(Index index) const {
  return key_at(coordinates(index));
}

std::string PartitionSpace::key_at(std::span<const Index> coordinates) const {
  std::string key;
  for (std::size_t i = 0; i < rank(); ++i) {
    if (i > 0) key += '|';
    key += dimensions_[i]->key_at(coordinates[i]);
  }
  return key;
}

std::vector<Index> PartitionSpace::coordinates(Index index) const {
  std::vector<Index> result(rank());
  for (std::size_t i = rank(); i-- > 0;) {
    result[i] = index % shape_[i];
    index /= shape_[i];
  }
  return result;
}

Index PartitionSpace::index_at(std::span<const Index> coordinates) const {
  Index index = 0;
  for (std::size_t i = 0; i < rank(); ++i) index = index * shape_[i] + coordinates[i];
  return index;
}

std::optional<Index> PartitionSpace::index_of(std::string_view key) const {
  if (rank() == 0) return key.empty() ? std::optional<Index>(0) : std::nullopt;
  if (rank() == 1) return dimensions_[0]->index_of(key);
  const auto parts = key_parts(key, *this);
  return parts ? index_of_parts(*parts, *this) : std::nullopt;
}

Result<Index> PartitionSpace::find(std::string_view key) const {
  if (rank() == 0) {
    if (key.empty()) return Index{0};
    return Error{ErrorCode::not_found,
                 fmt::format("find no partition `{}`: not partitioned", printable_key(key)),
                 {}};
  }
  const auto parts = key_parts(key, *this);
  if (!parts) return parts.error();
  for (std::size_t i = 0; i < rank(); ++i) {
    if (dimensions_[i]->index_of((*parts)[i])) continue;
    Error error = dimensions_[i]->absence_of((*parts)[i]);
    if (rank() == 1) return error;
    if (const std::string hint = hint_on_order(*parts, *this); !hint.empty()) error.hint = hint;
    return std::move(error).wrap("dimension " + definition_.dimensions[i].name);
  }
  return *index_of_parts(*parts, *this);
}

std::optional<Window> PartitionSpace::window_at(Index index, std::string_view dimension) const {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < rank(); ++i) {
    if (!dimensions_[i]->has_windows()) continue;
    if (!dimension.empty() && definition_.dimensions[i].name != dimension) continue;
    if (found) return std::nullopt;
    found = i;
  }
  if (!found) return std::nullopt;
  return dimensions_[*found]->window_at(coordinates(index)[*found]);
}

std::string PartitionSpace::identity_at(Index index) const {
  const std::vector<Index> at = coordinates(index);
  std::string identity;
  for (std::size_t i = 0; i < rank(); ++i) {
    if (i > 0) identity += '|';
    identity += dimensions_[i]->identity_at(at[i]);
  }
  return identity;
}

std::optional<Index> PartitionSpace::index_of_identity(std::string_view identity) const {
  if (rank() == 0) return identity.empty() ? std::optional<Index>(0) : std::nullopt;
  if (rank() == 1) return dimensions_[0]->index_of_identity(identity);
  const std::vector<std::string> parts = split(identity, '|');
  if (parts.size() != rank()) return std::nullopt;
  std::vector<Index> at;
  for (std::size_t i = 0; i < rank(); ++i) {
    const auto index = dimensions_[i]->index_of_identity(parts[i]);
    if (!index) return std::nullopt;
    at.push_back(*index);
  }
  return index_at(at);
}

Result<SpacePtr> make_space(const PartitionsDefinition& definition, const SpaceContext& context) {
  std::vector<DimensionPtr> dimensions;
  for (const Dimension& dimension : definition.dimensions) {
    auto made = make_dimension(dimension, context);
    if (!made) return std::move(made).error();
    dimensions.push_back(*std::move(made));
  }
  if (Status status = check_size(dimensions); !status) return status.error();
  return SpacePtr(std::make_shared<const PartitionSpace>(definition, std::move(dimensions)));
}

}  // namespace partita
