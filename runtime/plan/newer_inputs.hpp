// Which partitions read one of their inputs before it became what it is now.
#pragma once

#include "partitions/mapping.hpp"
#include "plan/select.hpp"

namespace partita {

// Of the partitions of `made`, those that `mapping` relates to an upstream partition whose data
// version has changed since they read it. One that has changed back is as it was.
Result<PartitionSet> outdated(const Made& made, const std::vector<Index>& shape,
                              const AssetDef& upstream, const Mapping& mapping, const World& world);

}  // namespace partita
