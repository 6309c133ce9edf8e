// Runs tasks in worker processes forked from the zygote: a task that crashes loses its own
// partition and nothing else. The failure carries the signal, a backtrace and what was printed.
#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/zygote.hpp"
#include "execute/executor.hpp"

namespace partita {

struct ProcessExecutorOptions {
  Zygote* zygote = nullptr;  // borrowed; kWorkerRole is among its roles
  std::size_t workers = 1;
  bool process_per_task = false;  // forked from a worker (`--isolation partition`)
  Path scratch;                   // an existing directory for what workers share with the host
  TaskSettings settings;
};

Result<std::unique_ptr<Executor>> make_process_executor(ProcessExecutorOptions options,
                                                        const Clock& clock);

}  // namespace partita
