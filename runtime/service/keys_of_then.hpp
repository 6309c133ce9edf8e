// Keys as they are called now, in what was written when dynamic keys had other names: the plan of a
// run, what somebody has from an older listing.
//
// Pure; any thread.
#pragma once

#include <memory>
#include <span>

#include "partitions/definition.hpp"
#include "partitions/selection.hpp"
#include "store/records.hpp"

namespace partita {

// `renames` are those since it was written, in their order. An error where a key that it names has
// gone, and another has its name now.
Result<std::shared_ptr<const PartitionExpr>> with_keys_of_now(
    std::shared_ptr<const PartitionExpr> expr, const PartitionsDefinition& definition,
    std::span<const KeyRename> renames);

}  // namespace partita
