#include <fmt/format.h>

#include "plugin/copy_in.hpp"
#include "plugin/received.hpp"

namespace partita {
namespace {

using Kind = MappingSpec::Kind;

Result<Kind> kind_of(std::uint32_t number) {
  switch (number) {
    case PARTITA_MAP_DEFAULT:
      return Kind::inferred;
    case PARTITA_MAP_IDENTITY:
      return Kind::identity;
    case PARTITA_MAP_ALL:
      return Kind::all;
    case PARTITA_MAP_LAST:
      return Kind::last;
    case PARTITA_MAP_KEYS:
      return Kind::keys;
    case PARTITA_MAP_TIME_WINDOW:
      return Kind::time_window;
    case PARTITA_MAP_STATIC:
      return Kind::static_keys;
    case PARTITA_MAP_MULTI_TO_SINGLE:
      return Kind::multi_to_single;
    case PARTITA_MAP_MULTI:
      return Kind::multi;
    case PARTITA_MAP_TIME_WINDOW_LATEST:
      return Kind::time_window_latest;
    case PARTITA_MAP_FUNCTION:
      return Kind::function;
    default:
      return usage_error(fmt::format("mapping kind {} is unknown", number));
  }
}

Status copy_pairs(const partita_mapping& from, MappingSpec& spec) {
  auto upstream = copy_texts(from.keys, from.key_count, "mapping keys");
  if (!upstream) return std::move(upstream).error();
  auto downstream = copy_texts(from.downstream_keys, from.key_count, "mapping downstream_keys");
  if (!downstream) return std::move(downstream).error();
  for (std::size_t i = 0; i < from.key_count; ++i) {
    spec.pairs.emplace_back(std::move((*upstream)[i]), std::move((*downstream)[i]));
  }
  spec.allow_missing = from.allow_missing != 0;
  return {};
}

Status copy_keys(const partita_mapping& from, MappingSpec& spec) {
  auto keys = copy_texts(from.keys, from.key_count, "mapping keys");
  if (!keys) return std::move(keys).error();
  spec.keys = std::move(*keys);
  spec.allow_missing = from.allow_missing != 0;
  return {};
}

Status copy_inner(const partita_mapping& from, MappingSpec& spec,
                  std::vector<MappingFunction>& functions, int depth) {
  auto dimension = copy_text(from.dimension, "mapping dimension");
  if (!dimension) return std::move(dimension).error();
  spec.dimension = std::move(*dimension);
  if (from.inner == nullptr) return {};
  auto inner = copy_mapping(from.inner, functions, depth + 1);
  if (!inner) return std::move(inner).error();
  spec.inner = std::make_shared<const MappingSpec>(std::move(*inner));
  return {};
}

Result<MappingSpec::Part> copy_part(const partita_dimension_mapping* pointer,
                                    std::vector<MappingFunction>& functions, int depth) {
  const auto from = received(pointer, "mapping part");
  if (!from) return from.error();
  auto upstream = copy_text(from->upstream_dimension, "upstream_dimension");
  if (!upstream) return std::move(upstream).error();
  auto downstream = copy_text(from->downstream_dimension, "downstream_dimension");
  if (!downstream) return std::move(downstream).error();
  auto mapping = copy_mapping(from->mapping, functions, depth + 1);
  if (!mapping) return std::move(mapping).error();
  return MappingSpec::Part{std::move(*upstream), std::move(*downstream),
                           std::make_shared<const MappingSpec>(std::move(*mapping))};
}

Status copy_parts(const partita_mapping& from, MappingSpec& spec,
                  std::vector<MappingFunction>& functions, int depth) {
  Status status = check_count(from.parts, from.part_count, kMaxDimensions, "mapping parts");
  if (!status) return status;
  for (std::size_t i = 0; i < from.part_count; ++i) {
    auto part = copy_part(from.parts[i], functions, depth);
    if (!part) return std::move(part).error();
    spec.parts.push_back(std::move(*part));
  }
  return {};
}

Status copy_function(const partita_mapping& from, MappingSpec& spec,
                     std::vector<MappingFunction>& functions) {
  auto name = copy_text(from.name, "mapping name");
  if (!name) return std::move(name).error();
  if (Status valid = validate_name(*name); !valid) {
    return std::move(valid).error().wrap("mapping name");
  }
  if (from.upstream_of == nullptr) return usage_error("mapping upstream_of is null");
  spec.name = std::move(*name);
  spec.has_inverse = from.downstream_of != nullptr;
  spec.allow_missing = from.allow_missing != 0;
  spec.function = functions.size();
  functions.push_back({from.user, from.upstream_of, from.downstream_of, from.drop});
  return {};
}

Status copy_details(const partita_mapping& from, MappingSpec& spec,
                    std::vector<MappingFunction>& functions, int depth) {
  switch (spec.kind) {
    case Kind::keys:
      return copy_keys(from, spec);
    case Kind::static_keys:
      return copy_pairs(from, spec);
    case Kind::multi_to_single:
      return copy_inner(from, spec, functions, depth);
    case Kind::multi:
      return copy_parts(from, spec, functions, depth);
    case Kind::function:
      return copy_function(from, spec, functions);
    case Kind::time_window:
      spec.start_offset = from.start_offset;
      spec.end_offset = from.end_offset;
      spec.allow_missing = from.allow_missing != 0;
      return {};
    case Kind::inferred:
    case Kind::identity:
    case Kind::all:
    case Kind::last:
    case Kind::time_window_latest:
      break;
  }
  return {};
}

}  // namespace

Result<MappingSpec> copy_mapping(const partita_mapping* mapping,
                                 std::vector<MappingFunction>& functions, int depth) {
  if (mapping == nullptr) return MappingSpec{};
  if (depth > kMaxMappingDepth) {
    return usage_error(fmt::format("mapping is nested more than {} deep", kMaxMappingDepth));
  }
  const auto from = received(mapping, "mapping");
  if (!from) return from.error();
  const auto kind = kind_of(from->kind);
  if (!kind) return kind.error();
  MappingSpec spec;
  spec.kind = *kind;
  if (Status status = copy_details(*from, spec, functions, depth); !status) {
    return std::move(status).error();
  }
  return spec;
}

}  // namespace partita
