// Which partitions read one of their inputs when it was not what it is now.
#pragma once

#include "partitions/mapping.hpp"
#include "plan/select.hpp"

namespace partita {

// Of the partitions of `made`, those that `mapping` relates to an upstream partition whose data
// version has changed since they read it, and those of which one that they read was wiped since.
// What has changed back is as it was.
struct Outdated {
  PartitionSet changed, gone;
};
Result<Outdated> outdated(const Made& made, const std::vector<Index>& shape,
                          const AssetDef& upstream, const Mapping& mapping, const World& world);

}  // namespace partita
