// A plan on the screen, as `plan` and `materialize --dry-run` show it.
#pragma once

#include "cli/command.hpp"

namespace partita {

// The exit code: whether there is work only with --exit-code.
Result<int> show_plan(Project& project, const MaterializeRequest& request, Invocation& invocation);

}  // namespace partita
