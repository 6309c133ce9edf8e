#include "partitions/key_functions.hpp"

namespace partita {

std::string KeyBatch::key(std::size_t i) const {
  std::string key;
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    if (d > 0) key += '|';
    key += parts[i * dimensions.size() + d].key;
  }
  return key;
}

KeyBatch KeyBatch::slice(std::size_t begin, std::size_t end) const {
  const auto part = [&](std::size_t i) {
    return parts.begin() + static_cast<std::ptrdiff_t>(i * dimensions.size());
  };
  return {dimensions, {part(begin), part(end)}, end - begin};
}

KeyBatch keys_at(const PartitionSpace& space, std::span<const Index> indices) {
  KeyBatch batch;
  for (const Dimension& dimension : space.definition().dimensions) {
    batch.dimensions.push_back(dimension.name);
  }
  batch.parts.reserve(indices.size() * space.rank());
  for (const Index index : indices) {
    const std::vector<Index> at = space.coordinates(index);
    for (std::size_t d = 0; d < at.size(); ++d) {
      const DimensionSpace& dimension = space.dimension(d);
      batch.parts.push_back({dimension.key_at(at[d]), dimension.window_at(at[d])});
    }
  }
  batch.count = indices.size();
  return batch;
}

}  // namespace partita
