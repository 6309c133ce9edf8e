// One run with its progress and its ending on the screen, as every command that runs shows it.
#pragma once

#include <functional>

#include "cli/command.hpp"
#include "cli/interrupts.hpp"

namespace partita {

// The verb of the service that runs.
using Begin = std::function<Result<MaterializeView>(const MaterializeRequest&, RunListener&)>;

// The exit code.
Result<int> materialize_and_tell(MaterializeRequest request, const Begin& begin,
                                 const Invocation& invocation, const Interrupts& interrupts);

}  // namespace partita
