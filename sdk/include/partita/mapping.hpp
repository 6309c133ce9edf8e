// Builders of mappings: which upstream partitions a partition needs. Without one, the host infers
// it from the partitions of the two assets.
//
//   .from("orders")                                                  inferred
//   .from("orders", partita::time_window(-1, 0).allow_missing())     this window and the one before
//   .from("orders", partita::keys({"eu"}))                           always this one
//   .from("orders", partita::map_by("fiscal_month", days_of_month))  what a function says
#pragma once

#include <partita/abi.h>
#include <partita/detail/key_function.hpp>
#include <partita/errors.hpp>
#include <partita/partitions.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
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
  detail::KeyFunctions functions;  // map_by

  Mapping() = default;
  explicit Mapping(std::uint32_t mapping_kind) : kind(mapping_kind) {}
  Mapping(Keys list) : kind(PARTITA_MAP_KEYS), keys(std::move(list.values)) {}

  // Of time_window() and map_by(): upstream partitions that do not exist are no error.
  Mapping& allow_missing() {
    missing_allowed = true;
    return *this;
  }

  // Of map_by(): the same relation from the other side, (upstream key, partita::Keys& downstream).
  // `partita check` holds the two against each other, and names a key where they disagree.
  template <class F>
  Mapping& inverse(F&& function) {
    if (functions.forward == nullptr) throw Failed("inverse() is for a mapping by map_by()");
    functions.inverse = detail::make_key_function(std::forward<F>(function));
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

// The upstream window that is in force when this partition's begins: the last that starts no later.
inline Mapping time_window_latest() {
  return Mapping(PARTITA_MAP_TIME_WINDOW_LATEST);
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

// What a function says: called with (std::string_view key, partita::Keys& upstream), or with
// (const partita::PartitionKey& key, partita::Keys& upstream) for dimensions and windows, it adds
// the keys that this downstream partition needs. It answers from the key alone: not from the time,
// files, or what it was asked before. One thread at a time calls it, in a process of its own. In
// multi() and multi_to_single() it maps the keys of one dimension.
//
// `name` is how people see it: letters, digits, `_`, `-` and `.`.
template <class F>
Mapping map_by(std::string name, F&& function) {
  Mapping mapping(PARTITA_MAP_FUNCTION);
  mapping.functions.name = std::move(name);
  mapping.functions.forward = detail::make_key_function(std::forward<F>(function));
  return mapping;
}

// The key of an asset of several dimensions, from its parts by name, in any order.
inline std::string product_key(std::vector<std::pair<std::string, std::string>> parts) {
  std::sort(parts.begin(), parts.end());
  std::string key;
  for (const auto& part : parts) {
    if (&part != &parts.front()) key += '|';
    key += part.second;
  }
  return key;
}

}  // namespace partita
#pragma GCC visibility pop
