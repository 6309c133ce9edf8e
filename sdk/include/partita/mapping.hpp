// Builders of mappings: which upstream partitions a partition needs. Without one, the host infers
// it from the partitions of the two assets.
//
//   .from("orders")                                                  inferred
//   .from("orders", partita::time_window(-1, 0).allow_missing())     this window and the one before
//   .from("orders", partita::keys({"eu"}))                           always this one
#pragma once

#include <partita/abi.h>
#include <partita/partitions.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita {

// Made by the functions below; the members are those of partita_mapping.
struct Mapping {
  std::uint32_t kind = PARTITA_MAP_DEFAULT;
  std::int64_t start_offset = 0;
  std::int64_t end_offset = 0;
  bool missing_allowed = false;
  std::vector<std::string> keys;
  std::vector<std::string> downstream_keys;
  std::string dimension;
  std::vector<Mapping> inner;  // none or one: multi_to_single
  std::vector<Mapping> parts;  // multi; each names its dimensions:
  std::string upstream_dimension;
  std::string downstream_dimension;

  Mapping() = default;
  explicit Mapping(std::uint32_t mapping_kind) : kind(mapping_kind) {}
  Mapping(Keys list) : kind(PARTITA_MAP_KEYS), keys(std::move(list.values)) {}

  // Of time_window(): upstream windows that do not exist are no error.
  Mapping& allow_missing() {
    missing_allowed = true;
    return *this;
  }
};

inline Mapping identity() {
  return Mapping(PARTITA_MAP_IDENTITY);
}
inline Mapping all() {
  return Mapping(PARTITA_MAP_ALL);
}
inline Mapping last() {
  return Mapping(PARTITA_MAP_LAST);
}

// The upstream windows that overlap this partition's, from so many windows before the first
// (negative) to so many after the last.
inline Mapping time_window(std::int64_t start_offset = 0, std::int64_t end_offset = 0) {
  Mapping mapping(PARTITA_MAP_TIME_WINDOW);
  mapping.start_offset = start_offset;
  mapping.end_offset = end_offset;
  return mapping;
}

// Pairs of an upstream key and a downstream key that it feeds; a key may occur many times.
inline Mapping static_map(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Mapping mapping(PARTITA_MAP_STATIC);
  for (const auto& [upstream, downstream] : pairs) {
    mapping.keys.push_back(upstream);
    mapping.downstream_keys.push_back(downstream);
  }
  return mapping;
}

// Between an asset of several dimensions and one of a single dimension, whichever is upstream: they
// meet in `dimension` of the former, and every key of its others belongs.
inline Mapping multi_to_single(std::string dimension) {
  Mapping mapping(PARTITA_MAP_MULTI_TO_SINGLE);
  mapping.dimension = std::move(dimension);
  return mapping;
}
inline Mapping multi_to_single(std::string dimension, Mapping inner) {
  Mapping mapping = multi_to_single(std::move(dimension));
  mapping.inner.push_back(std::move(inner));
  return mapping;
}

// How one upstream dimension follows from one downstream dimension. The latter is "" where the
// mapping does not look at it: all(), last(), keys().
struct DimensionMapping {
  std::string upstream_dimension;
  std::string downstream_dimension;
  Mapping mapping;
};
inline Mapping multi(const std::vector<DimensionMapping>& parts) {
  Mapping mapping(PARTITA_MAP_MULTI);
  for (const auto& part : parts) {
    mapping.parts.push_back(part.mapping);
    mapping.parts.back().upstream_dimension = part.upstream_dimension;
    mapping.parts.back().downstream_dimension = part.downstream_dimension;
  }
  return mapping;
}

}  // namespace partita
#pragma GCC visibility pop
