// Which mappings can hold between two definitions.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "partitions/mapping_kinds.hpp"

namespace partita {
namespace {

using Kind = MappingSpec::Kind;

// Further than any schedule reaches: one window a minute for a thousand years.
constexpr Index kMostOffset = Index{1} << 32;

Error cannot(const MappingSpec& spec, std::string_view why, std::string hint = {}) {
  return {ErrorCode::definitions, fmt::format("refuse mapping {}: {}", spec.describe(), why),
          std::move(hint)};
}

bool is_time(const Dimension& dimension) {
  return std::holds_alternative<TimeDimension>(dimension.kind);
}

std::string kind_of(const Dimension& dimension) {
  return single_definition(dimension).kind();
}

// A key that is no static key; the keys of other dimensions are not known before they are asked
// for.
Status check_key(const MappingSpec& spec, const Dimension& dimension, const std::string& key,
                 std::string_view side) {
  const auto* listed = std::get_if<StaticDimension>(&dimension.kind);
  if (listed == nullptr || std::ranges::find(listed->keys, key) != listed->keys.end()) return {};
  return cannot(spec, fmt::format("`{}` is no {} key", key, side), did_you_mean(key, listed->keys));
}

Status check_keys(const MappingSpec& spec, const PartitionsDefinition& upstream) {
  if (!upstream.is_partitioned()) return cannot(spec, "the upstream is not partitioned");
  if (spec.keys.empty()) return cannot(spec, "no key is named");
  for (const std::string& key : spec.keys) {
    const std::size_t rank = upstream.dimensions.size();
    const auto parts = rank == 1 ? std::vector<std::string>{key} : split(key, '|');
    if (parts.size() != rank) {
      return cannot(spec, fmt::format("`{}` has not one key for each dimension", key));
    }
    for (std::size_t i = 0; i < rank; ++i) {
      if (auto ok = check_key(spec, upstream.dimensions[i], parts[i], "upstream"); !ok) return ok;
    }
  }
  return {};
}

Status check_single(const MappingSpec& spec, const PartitionsDefinition& upstream,
                    const PartitionsDefinition& downstream) {
  if (upstream.dimensions.size() == 1 && downstream.dimensions.size() == 1) return {};
  return cannot(spec, "it wants one dimension on both sides",
                "for a product, name the dimensions: multi or multi_to_single");
}

Status check_identity(const MappingSpec& spec, const PartitionsDefinition& upstream,
                      const PartitionsDefinition& downstream) {
  if (upstream.dimensions.size() != downstream.dimensions.size()) {
    return cannot(spec,
                  fmt::format("upstream and downstream have {} and {}",
                              count_of(std::ssize(upstream.dimensions), "dimension"),
                              count_of(std::ssize(downstream.dimensions), "dimension")),
                  "say how they relate: multi, multi_to_single or all");
  }
  for (const auto& [up, down] : identity_pairs(upstream, downstream)) {
    const Dimension& a = upstream.dimensions[up];
    const Dimension& b = downstream.dimensions[down];
    if (a.kind.index() == b.kind.index()) continue;
    return cannot(spec, fmt::format("upstream is {}, downstream {}", kind_of(a), kind_of(b)),
                  "say how they relate: static pairs, keys, last or all");
  }
  return {};
}

Status check_windows(const MappingSpec& spec, const PartitionsDefinition& upstream,
                     const PartitionsDefinition& downstream) {
  if (auto ok = check_single(spec, upstream, downstream); !ok) return ok;
  for (const auto* side : {&upstream, &downstream}) {
    if (is_time(side->dimensions[0])) continue;
    return cannot(spec, fmt::format("it wants time on both sides, not {}", side->kind()));
  }
  if (spec.start_offset > spec.end_offset) {
    return cannot(spec, "the start offset is after the end offset, which leaves nothing");
  }
  if (spec.start_offset < -kMostOffset || spec.end_offset > kMostOffset) {
    return cannot(spec, "the offset is too large");
  }
  return {};
}

Status check_pairs(const MappingSpec& spec, const PartitionsDefinition& upstream,
                   const PartitionsDefinition& downstream) {
  if (auto ok = check_single(spec, upstream, downstream); !ok) return ok;
  const Dimension& up = upstream.dimensions[0];
  const Dimension& down = downstream.dimensions[0];
  if (is_time(up) || is_time(down))
    return cannot(spec, "it wants listed keys, not windows of time");
  for (const auto& [upstream_key, downstream_key] : spec.pairs) {
    if (auto ok = check_key(spec, up, upstream_key, "upstream"); !ok) return ok;
    if (auto ok = check_key(spec, down, downstream_key, "downstream"); !ok) return ok;
  }
  return {};
}

Status check_function(const MappingSpec& spec, const PartitionsDefinition& upstream) {
  if (!upstream.is_partitioned()) {
    return cannot(spec, "the upstream is not partitioned", "leave the mapping out");
  }
  return {};
}

Error no_dimension(const MappingSpec& spec, const std::string& name, std::string_view side,
                   const PartitionsDefinition& definition) {
  std::vector<std::string> names(definition.dimensions.size());
  std::ranges::transform(definition.dimensions, names.begin(), &Dimension::name);
  if (name.empty()) return cannot(spec, fmt::format("a part names no {} dimension", side));
  return cannot(spec, fmt::format("the {} has no dimension `{}`", side, name),
                did_you_mean(name, names));
}

// How a mapping between dimensions is checked: as between definitions that have nothing else.
Status check_inner(const MappingSpec& inner, const Dimension& upstream,
                   const Dimension& downstream) {
  if (inner.kind == Kind::multi || inner.kind == Kind::multi_to_single) {
    return cannot(inner, "it cannot relate single dimensions");
  }
  return validate_mapping(inner, single_definition(upstream), single_definition(downstream));
}

Status check_to_single(const MappingSpec& spec, const PartitionsDefinition& upstream,
                       const PartitionsDefinition& downstream) {
  const bool up_is_single = upstream.dimensions.size() == 1;
  const PartitionsDefinition& product = up_is_single ? downstream : upstream;
  if (up_is_single == (downstream.dimensions.size() == 1) || product.dimensions.size() < 2) {
    return cannot(spec, "it wants one dimension on one side and several on the other");
  }
  const auto i = dimension_of(product, spec.dimension);
  if (!i)
    return no_dimension(spec, spec.dimension, up_is_single ? "downstream" : "upstream", product);
  const Dimension& dimension = product.dimensions[*i];
  return up_is_single ? check_inner(*spec.inner, upstream.dimensions[0], dimension)
                      : check_inner(*spec.inner, dimension, downstream.dimensions[0]);
}

bool needs_no_downstream(const MappingSpec& spec) {
  return spec.kind == Kind::all || spec.kind == Kind::last || spec.kind == Kind::keys;
}

// A dimension in two parts would have to satisfy both at once, which a product of sets cannot say.
Status check_part(const MappingSpec& spec, const MappingSpec::Part& part,
                  const PartitionsDefinition& upstream, const PartitionsDefinition& downstream,
                  std::set<std::pair<bool, std::size_t>>& used) {
  const auto up = dimension_of(upstream, part.upstream_dimension);
  const auto down = dimension_of(downstream, part.downstream_dimension);
  if (!up) return no_dimension(spec, part.upstream_dimension, "upstream", upstream);
  const bool free = part.downstream_dimension.empty() && needs_no_downstream(*part.mapping);
  if (!down && !free)
    return no_dimension(spec, part.downstream_dimension, "downstream", downstream);
  if (!used.insert({true, *up}).second || (down && !used.insert({false, *down}).second)) {
    return cannot(spec, "a dimension is in two parts");
  }
  const Dimension& upstream_dimension = upstream.dimensions[*up];
  const Dimension& other = down ? downstream.dimensions[*down] : upstream_dimension;
  return check_inner(*part.mapping, upstream_dimension, other);
}

Status check_parts(const MappingSpec& spec, const PartitionsDefinition& upstream,
                   const PartitionsDefinition& downstream) {
  std::set<std::pair<bool, std::size_t>> used;
  for (const MappingSpec::Part& part : spec.parts) {
    const bool open = part.mapping == nullptr || part.mapping->kind == Kind::inferred;
    if (open && !dimension_of(upstream, part.upstream_dimension)) {
      return no_dimension(spec, part.upstream_dimension, "upstream", upstream);
    }
    if (open) return no_dimension(spec, part.downstream_dimension, "downstream", downstream);
    if (auto ok = check_part(spec, part, upstream, downstream, used); !ok) return ok;
  }
  return {};
}

Status check_resolved(const MappingSpec& spec, const PartitionsDefinition& upstream,
                      const PartitionsDefinition& downstream) {
  switch (spec.kind) {
    case Kind::inferred:
    case Kind::all:
    case Kind::last:
      return {};
    case Kind::keys:
      return check_keys(spec, upstream);
    case Kind::identity:
      return check_identity(spec, upstream, downstream);
    case Kind::time_window:
    case Kind::time_window_latest:
      return check_windows(spec, upstream, downstream);
    case Kind::static_keys:
      return check_pairs(spec, upstream, downstream);
    case Kind::multi_to_single:
      return check_to_single(spec, upstream, downstream);
    case Kind::multi:
      return check_parts(spec, upstream, downstream);
    case Kind::function:
      return check_function(spec, upstream);
  }
  return {};
}

bool goes_back(const MappingSpec& spec, const Dimension& dimension) {
  return is_time(dimension) && spec.kind == Kind::time_window && spec.end_offset < 0;
}

bool goes_back(const MappingSpec& spec, const PartitionsDefinition& definition) {
  if (definition.dimensions.size() == 1 && spec.kind == Kind::time_window) {
    return goes_back(spec, definition.dimensions[0]);
  }
  return std::ranges::any_of(spec.parts, [&](const MappingSpec::Part& part) {
    const auto up = dimension_of(definition, part.upstream_dimension);
    return up == dimension_of(definition, part.downstream_dimension) &&
           goes_back(*part.mapping, definition.dimensions[*up]);
  });
}

}  // namespace

Status validate_mapping(const MappingSpec& spec, const PartitionsDefinition& upstream,
                        const PartitionsDefinition& downstream) {
  auto resolved = resolve_mapping(spec, upstream, downstream);
  if (!resolved) return std::move(resolved).error();
  return check_resolved(*resolved, upstream, downstream);
}

Status validate_self_dependency(const MappingSpec& spec, const PartitionsDefinition& definition) {
  auto resolved = resolve_mapping(spec, definition, definition);
  if (!resolved) return std::move(resolved).error();
  if (auto ok = check_resolved(*resolved, definition, definition); !ok) return ok;
  if (goes_back(*resolved, definition)) return {};
  return cannot(*resolved, "an asset depends on itself only where a time dimension goes back",
                "map it by time_window with both offsets negative, as time_window(-1,-1)");
}

}  // namespace partita
