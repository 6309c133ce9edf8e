// What `materialize` was asked for, from its options.
#pragma once

#include "cli/options.hpp"
#include "service/project.hpp"

namespace partita {

Result<MaterializeRequest> materialize_request(const ParsedOptions& options);

}  // namespace partita
