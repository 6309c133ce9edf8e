// Partitions with the moments at which they were read or changed, and who read before a change.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "partitions/mapping.hpp"
#include "partitions/set.hpp"

namespace partita {

// Moments are numbers of the store's log.
struct Moment {
  std::int64_t seq = 0;
  Run indices;
};

std::vector<Moment> in_order(std::vector<Moment> moments);  // of time

PartitionSet set_of(const std::vector<Index>& shape, std::span<const Moment> moments);

// Of what was read, in the order of time, that which `mapping` relates to something that changed
// after it was. `shape` is that of the readers.
PartitionSet read_before(std::span<const Moment> reads, std::vector<Moment> changes,
                         const Mapping& mapping, const std::vector<Index>& shape,
                         const std::vector<Index>& upstream_shape);

}  // namespace partita
