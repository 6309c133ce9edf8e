// DimensionKey: a partition's key along one of its dimensions.
#pragma once

#include <partita/abi.h>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>
#include <partita/errors.hpp>
#include <partita/time.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita {

// Borrowed from the run.
struct DimensionKey {
  std::string_view dimension;  // empty for the one dimension of a one-dimensional asset
  std::string_view key;
  std::optional<Window> window;  // where the dimension is one of time
};

namespace detail {

inline std::vector<DimensionKey> dimension_keys(const partita_dimension_key* const* keys,
                                                std::size_t count) {
  std::vector<DimensionKey> result;
  result.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto key = received(keys[i], "partita_dimension_key");
    DimensionKey item{view(key.dimension), view(key.key), std::nullopt};
    if ((key.flags & PARTITA_KEY_HAS_WINDOW) != 0) item.window = Window{key.start, key.end};
    result.push_back(item);
  }
  return result;
}

// `owner` names the partition in errors: "asset `orders`".
inline const DimensionKey& find_dimension(const std::vector<DimensionKey>& keys,
                                          std::string_view dimension, const std::string& owner) {
  for (const auto& key : keys) {
    if (key.dimension == dimension) return key;
  }
  throw Failed(owner + " has no dimension " + in_quotes(dimension));
}

inline Window named_window(const std::vector<DimensionKey>& keys, std::string_view dimension,
                           const std::string& owner) {
  const auto& found = find_dimension(keys, dimension, owner);
  if (!found.window)
    throw Failed("dimension " + in_quotes(dimension) + " of " + owner + " has no time window");
  return *found.window;
}

inline Window only_window(const std::vector<DimensionKey>& keys, const std::string& owner) {
  std::optional<Window> window;
  for (const auto& key : keys) {
    if (window && key.window) {
      throw Failed(owner + " has several dimensions of time: name one, as in window(\"date\")");
    }
    if (key.window) window = key.window;
  }
  if (!window) throw Failed(owner + " has no time window");
  return *window;
}

}  // namespace detail
}  // namespace partita
#pragma GCC visibility pop
