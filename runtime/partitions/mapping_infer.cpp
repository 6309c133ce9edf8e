// What a mapping comes to where it was left open.
#include <algorithm>

#include "partitions/mapping_kinds.hpp"

namespace partita {
namespace {

using Kind = MappingSpec::Kind;

MappingSpec of_kind(Kind kind) {
  MappingSpec spec;
  spec.kind = kind;
  return spec;
}

bool is_time(const Dimension& dimension) {
  return std::holds_alternative<TimeDimension>(dimension.kind);
}

// Between two dimensions, whatever their names.
MappingSpec infer_dimension(const Dimension& upstream, const Dimension& downstream) {
  return of_kind(is_time(upstream) && is_time(downstream) ? Kind::time_window : Kind::identity);
}

// The only dimension of `product` for which `matches` holds.
template <class Matches>
std::optional<std::size_t> only_dimension(const PartitionsDefinition& product, Matches matches,
                                          bool& several) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < product.dimensions.size(); ++i) {
    if (!matches(product.dimensions[i])) continue;
    several = found.has_value();
    if (several) return std::nullopt;
    found = i;
  }
  return found;
}

std::optional<MappingSpec> to_single(const PartitionsDefinition& product, std::size_t dimension,
                                     Kind inner) {
  MappingSpec spec = of_kind(Kind::multi_to_single);
  spec.dimension = product.dimensions[dimension].name;
  spec.inner = std::make_shared<MappingSpec>(of_kind(inner));
  return spec;
}

// Which dimension of the product the single one is: the equal one, else the only one in time.
// Nothing where several are equal to it or none fits.
std::optional<MappingSpec> infer_to_single(const Dimension& single,
                                           const PartitionsDefinition& product) {
  bool several = false;
  const auto equal =
      only_dimension(product, [&](const Dimension& d) { return d.kind == single.kind; }, several);
  if (equal) return to_single(product, *equal, Kind::identity);
  if (several || !is_time(single)) return std::nullopt;
  const auto time = only_dimension(product, is_time, several);
  if (!time) return std::nullopt;
  return to_single(product, *time, Kind::time_window);
}

// Dimensions of one name relate as they would alone. Where that is identity throughout, so is this.
MappingSpec infer_products(const PartitionsDefinition& upstream,
                           const PartitionsDefinition& downstream) {
  if (upstream == downstream) return of_kind(Kind::identity);
  MappingSpec spec = of_kind(Kind::multi);
  bool same_keys = upstream.dimensions.size() == downstream.dimensions.size();
  for (const Dimension& dimension : upstream.dimensions) {
    const auto other = dimension_of(downstream, dimension.name);
    if (!other) {
      same_keys = false;
      continue;
    }
    MappingSpec inner = infer_dimension(dimension, downstream.dimensions[*other]);
    same_keys = same_keys && inner.kind == Kind::identity;
    spec.parts.push_back(
        {dimension.name, dimension.name, std::make_shared<MappingSpec>(std::move(inner))});
  }
  return same_keys || spec.parts.empty() ? of_kind(Kind::identity) : spec;
}

MappingSpec infer(const PartitionsDefinition& upstream, const PartitionsDefinition& downstream) {
  const std::size_t up = upstream.dimensions.size();
  const std::size_t down = downstream.dimensions.size();
  if (up == 0 || down == 0) return of_kind(Kind::all);
  if (up == 1 && down == 1) {
    return infer_dimension(upstream.dimensions[0], downstream.dimensions[0]);
  }
  if (up > 1 && down > 1) return infer_products(upstream, downstream);
  const auto spec = up == 1 ? infer_to_single(upstream.dimensions[0], downstream)
                            : infer_to_single(downstream.dimensions[0], upstream);
  return spec.value_or(of_kind(Kind::identity));
}

// Gives a dimension to a multi_to_single without one, and a mapping to one without.
Result<MappingSpec> complete_to_single(MappingSpec spec, const PartitionsDefinition& upstream,
                                       const PartitionsDefinition& downstream) {
  const bool up_is_single = upstream.dimensions.size() == 1;
  if (up_is_single == (downstream.dimensions.size() == 1)) return spec;
  const PartitionsDefinition& single = up_is_single ? upstream : downstream;
  const PartitionsDefinition& product = up_is_single ? downstream : upstream;
  if (product.dimensions.empty()) return spec;
  if (spec.dimension.empty()) {
    auto inferred = infer_to_single(single.dimensions[0], product);
    if (!inferred) {
      return usage_error("infer no dimension of a multi_to_single mapping: several or none fit",
                         "name the dimension");
    }
    if (spec.inner == nullptr || spec.inner->kind == Kind::inferred) return *std::move(inferred);
    spec.dimension = inferred->dimension;
  }
  const auto dimension = dimension_of(product, spec.dimension);
  if (dimension && (spec.inner == nullptr || spec.inner->kind == Kind::inferred)) {
    spec.inner = std::make_shared<MappingSpec>(
        infer_dimension(single.dimensions[0], product.dimensions[*dimension]));
  }
  return spec;
}

MappingSpec complete_parts(MappingSpec spec, const PartitionsDefinition& upstream,
                           const PartitionsDefinition& downstream) {
  for (MappingSpec::Part& part : spec.parts) {
    if (part.mapping != nullptr && part.mapping->kind != Kind::inferred) continue;
    const auto up = dimension_of(upstream, part.upstream_dimension);
    const auto down = dimension_of(downstream, part.downstream_dimension);
    if (!up || !down) continue;
    part.mapping = std::make_shared<MappingSpec>(
        infer_dimension(upstream.dimensions[*up], downstream.dimensions[*down]));
  }
  return spec;
}

}  // namespace

std::optional<std::size_t> dimension_of(const PartitionsDefinition& definition,
                                        std::string_view name) {
  if (name.empty() && definition.dimensions.size() != 1) return std::nullopt;
  for (std::size_t i = 0; i < definition.dimensions.size(); ++i) {
    if (name.empty() || definition.dimensions[i].name == name) return i;
  }
  return std::nullopt;
}

PartitionsDefinition single_definition(const Dimension& dimension) {
  PartitionsDefinition definition;
  definition.dimensions.push_back(dimension);
  return definition;
}

SpacePtr BoundDimension::as_space() const {
  return std::make_shared<PartitionSpace>(single_definition(*definition),
                                          std::vector<std::shared_ptr<const DimensionSpace>>{keys});
}

Result<MappingSpec> resolve_mapping(const MappingSpec& spec, const PartitionsDefinition& upstream,
                                    const PartitionsDefinition& downstream) {
  if (spec.kind == Kind::inferred) return infer(upstream, downstream);
  if (spec.kind == Kind::multi_to_single) return complete_to_single(spec, upstream, downstream);
  if (spec.kind == Kind::multi) return complete_parts(spec, upstream, downstream);
  return spec;
}

}  // namespace partita
