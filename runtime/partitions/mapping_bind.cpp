// From a spec and two spaces to a Mapping.
#include <fmt/format.h>

#include <algorithm>

#include "partitions/mapping_kinds.hpp"

namespace partita {
namespace {

using Kind = MappingSpec::Kind;

PartitionSet last_of(const std::vector<Index>& shape) {
  const auto last = PartitionSet::all(shape).last();
  return last ? PartitionSet::of_index(shape, *last) : PartitionSet::none(shape);
}

// The keys mapping over a space or a dimension: `index_of` answers for its keys.
template <class Keys>
MappingPtr bind_keys(const MappingSpec& spec, const Keys& keys, const std::vector<Index>& shape,
                     std::vector<Index> downstream_shape) {
  std::vector<Index> indices;
  std::vector<std::string> nonexistent;
  for (const std::string& key : spec.keys) {
    if (const auto index = keys.index_of(key)) {
      indices.push_back(*index);
    } else if (!spec.allow_missing) {
      nonexistent.push_back(key);
    }
  }
  return make_constant_mapping(PartitionSet::of_indices(shape, std::move(indices)),
                               std::move(nonexistent), std::move(downstream_shape));
}

// all, last and keys.
template <class Keys>
MappingPtr bind_constant(const MappingSpec& spec, const Keys& keys, const std::vector<Index>& shape,
                         const std::vector<Index>& downstream_shape) {
  if (spec.kind == Kind::keys) return bind_keys(spec, keys, shape, downstream_shape);
  PartitionSet set = spec.kind == Kind::last ? last_of(shape) : PartitionSet::all(shape);
  return make_constant_mapping(std::move(set), {}, downstream_shape);
}

MappingSpec window_by_window() {
  MappingSpec spec;
  spec.kind = Kind::time_window;
  return spec;
}

bool have_equal_keys(const BoundDimension& a, const BoundDimension& b) {
  const bool is_static = std::holds_alternative<StaticDimension>(a.definition->kind);
  return is_static && a.definition->kind == b.definition->kind;
}

// A validated mapping between two dimensions; the downstream one is null where none is needed.
Result<MappingPtr> bind_dimension(const BindFunction& bind_function, const MappingSpec& spec,
                                  const BoundDimension& upstream,
                                  const BoundDimension* downstream) {
  switch (spec.kind) {
    case Kind::function:
      return bind_function(spec, upstream.as_space(), downstream->as_space());
    case Kind::time_window:
    case Kind::time_window_latest:
      return make_window_mapping(spec, upstream, *downstream);
    case Kind::static_keys:
      return make_pairs_mapping(upstream, *downstream, spec);
    case Kind::identity:
      break;
    default:
      return bind_constant(spec, *upstream.keys, upstream.shape(),
                           downstream != nullptr ? downstream->shape() : std::vector<Index>{});
  }
  if (have_one_schedule(*upstream.definition, *downstream->definition)) {
    return make_window_mapping(window_by_window(), upstream, *downstream);
  }
  if (have_equal_keys(upstream, *downstream)) return make_same_mapping();
  return make_key_mapping(upstream, *downstream);
}

// Whether index i is the same partition in both: equal definitions begin with the same key, and
// only a dynamic set may have had other keys when the other space was made.
bool have_equal_indices(const PartitionSpace& a, const PartitionSpace& b) {
  const auto is_dynamic = [](const Dimension& dimension) {
    return std::holds_alternative<DynamicDimension>(dimension.kind);
  };
  return a.shape() == b.shape() && a.definition() == b.definition() &&
         std::ranges::none_of(a.definition().dimensions, is_dynamic);
}

struct Binding {
  const BindFunction& bind_function;
  const SpacePtr& upstream;
  const SpacePtr& downstream;
  std::vector<DimensionMapping> parts;

  Status add(const MappingSpec& spec, std::size_t up, std::optional<std::size_t> down) {
    const BoundDimension upstream_dimension(upstream, up);
    std::optional<BoundDimension> downstream_dimension;
    if (down) downstream_dimension.emplace(downstream, *down);
    auto mapping = bind_dimension(bind_function, spec, upstream_dimension,
                                  downstream_dimension ? &*downstream_dimension : nullptr);
    if (!mapping) return std::move(mapping).error();
    parts.push_back({up, down, *std::move(mapping)});
    return {};
  }
};

Status bind_parts(const MappingSpec& spec, Binding& binding) {
  const PartitionsDefinition& upstream = binding.upstream->definition();
  const PartitionsDefinition& downstream = binding.downstream->definition();
  if (spec.kind == Kind::identity) {
    for (const auto& [up, down] : identity_pairs(upstream, downstream)) {
      if (auto ok = binding.add(spec, up, down); !ok) return ok;
    }
    return {};
  }
  if (spec.kind == Kind::multi_to_single) {
    const bool up_is_single = upstream.dimensions.size() == 1;
    const std::size_t i = *dimension_of(up_is_single ? downstream : upstream, spec.dimension);
    return binding.add(*spec.inner, up_is_single ? 0 : i, up_is_single ? i : 0);
  }
  for (const MappingSpec::Part& part : spec.parts) {
    const auto down = dimension_of(downstream, part.downstream_dimension);
    const auto up = dimension_of(upstream, part.upstream_dimension);
    if (auto ok = binding.add(*part.mapping, *up, down); !ok) return ok;
  }
  return {};
}

bool is_of_products(Kind kind) {
  return kind == Kind::identity || kind == Kind::multi || kind == Kind::multi_to_single;
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> identity_pairs(
    const PartitionsDefinition& upstream, const PartitionsDefinition& downstream) {
  std::vector<std::pair<std::size_t, std::size_t>> by_name;
  std::vector<std::pair<std::size_t, std::size_t>> by_position;
  for (std::size_t i = 0; i < upstream.dimensions.size(); ++i) {
    by_position.emplace_back(i, i);
    const auto other = dimension_of(downstream, upstream.dimensions[i].name);
    if (other) by_name.emplace_back(i, *other);
  }
  return by_name.size() == by_position.size() ? by_name : by_position;
}

Result<MappingPtr> bind_mapping_with(const BindFunction& bind_function, const MappingSpec& spec,
                                     SpacePtr upstream, SpacePtr downstream) {
  const PartitionsDefinition& up = upstream->definition();
  const PartitionsDefinition& down = downstream->definition();
  if (auto ok = validate_mapping(spec, up, down); !ok) return std::move(ok).error();
  auto resolved = resolve_mapping(spec, up, down);
  if (!resolved) return std::move(resolved).error();
  if (resolved->kind == Kind::function) return bind_function(*resolved, upstream, downstream);
  const bool single = up.dimensions.size() == 1 && down.dimensions.size() == 1;
  if (single && resolved->kind != Kind::multi) {
    const BoundDimension downstream_dimension(downstream, 0);
    return bind_dimension(bind_function, *resolved, BoundDimension(upstream, 0),
                          &downstream_dimension);
  }
  const bool partitioned = up.is_partitioned() && down.is_partitioned();
  if (!partitioned || !is_of_products(resolved->kind)) {
    return bind_constant(*resolved, *upstream, upstream->shape(), downstream->shape());
  }
  if (resolved->kind == Kind::identity && have_equal_indices(*upstream, *downstream)) {
    return make_same_mapping();
  }
  Binding binding{bind_function, upstream, downstream, {}};
  if (auto ok = bind_parts(*resolved, binding); !ok) return std::move(ok).error();
  return make_product_mapping(std::move(upstream), std::move(downstream), std::move(binding.parts));
}

Result<std::shared_ptr<const Mapping>> bind_mapping(const MappingSpec& spec, SpacePtr upstream,
                                                    SpacePtr downstream, KeyFunctions* functions) {
  const auto bind_function = [&](const MappingSpec& function, const SpacePtr& up,
                                 const SpacePtr& down) -> Result<MappingPtr> {
    if (functions == nullptr) {
      return Error{ErrorCode::internal,
                   fmt::format("bind mapping {}: nobody can be asked", function.describe()),
                   {}};
    }
    return make_function_mapping(function, up, down, *functions);
  };
  return bind_mapping_with(bind_function, spec, std::move(upstream), std::move(downstream));
}

}  // namespace partita
