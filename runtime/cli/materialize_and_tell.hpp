// One run with its progress and its ending on the screen, as `materialize` and `dev` show it.
#pragma once

#include "cli/command.hpp"
#include "cli/interrupts.hpp"

namespace partita {

// The exit code.
Result<int> materialize_and_tell(Project& project, MaterializeRequest request,
                                 const Invocation& invocation, const Interrupts& interrupts);

}  // namespace partita
