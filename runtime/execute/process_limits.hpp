// Limits that a process puts on itself before it runs a task, for good.
#pragma once

#include "execute/executor.hpp"

namespace partita {

// Memory: allocations fail beyond it. CPU: SIGXCPU, and a second later SIGKILL.
void limit_this_process(const TaskLimits& limits);

}  // namespace partita
