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
  return {};
}

Status copy_keys(const partita_mapping& from, MappingSpec& spec) {
  auto keys = copy_texts(from.keys, from.key_count, "mapping keys");
  if (!keys) return std::move(keys).error();
  spec.keys = std::move(*keys);
  return {};
}

Status copy_inner(const partita_mapping& from, MappingSpec& spec, int depth) {
  auto dimension = copy_text(from.dimension, "mapping dimension");
  if (!dimension) return std::move(dimension).error();
  spec.dimension = std::move(*dimension);
  if (from.inner == nullptr) return {};
  auto inner = copy_mapping(from.inner, depth + 1);
  if (!inner) return std::move(inner).error();
  spec.inner = std::make_shared<const MappingSpec>(std::move(*inner));
  return {};
}

Result<MappingSpec::Part> copy_part(const partita_dimension_mapping* pointer, int depth) {
  const auto from = received(pointer, "mapping part");
  if (!from) return from.error();
  auto upstream = copy_text(from->upstream_dimension, "upstream_dimension");
  if (!upstream) return std::move(upstream).error();
  auto downstream = copy_text(from->downstream_dimension, "downstream_dimension");
  if (!downstream) return std::move(downstream).error();
  auto mapping = copy_mapping(from->mapping, depth + 1);
  if (!mapping) return std::move(mapping).error();
  return MappingSpec::Part{std::move(*upstream), std::move(*downstream),
                           std::make_shared<const MappingSpec>(std::move(*mapping))};
}

Status copy_parts(const partita_mapping& from, MappingSpec& spec, int depth) {
  Status status = check_count(from.parts, from.part_count, kMaxDimensions, "mapping parts");
  if (!status) return status;
  for (std::size_t i = 0; i < from.part_count; ++i) {
    auto part = copy_part(from.parts[i], depth);
    if (!part) return std::move(part).error();
    spec.parts.push_back(std::move(*part));
  }
  return {};
}

Status copy_details(const partita_mapping& from, MappingSpec& spec, int depth) {
  switch (spec.kind) {
    case Kind::keys:
      return copy_keys(from, spec);
    case Kind::static_keys:
      return copy_pairs(from, spec);
    case Kind::multi_to_single:
      return copy_inner(from, spec, depth);
    case Kind::multi:
      return copy_parts(from, spec, depth);
    case Kind::time_window:
    case Kind::time_window_latest:
      spec.start_offset = from.start_offset;
      spec.end_offset = from.end_offset;
      spec.allow_missing = from.allow_missing != 0;
      return {};
    case Kind::inferred:
    case Kind::identity:
    case Kind::all:
    case Kind::last:
    case Kind::function:
      break;
  }
  return {};
}

}  // namespace

Result<MappingSpec> copy_mapping(const partita_mapping* mapping, int depth) {
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
  if (Status status = copy_details(*from, spec, depth); !status) return std::move(status).error();
  return spec;
}

}  // namespace partita
