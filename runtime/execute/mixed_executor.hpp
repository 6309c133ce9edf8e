// Runs tasks on threads of this process, and those that ask for a process in worker processes:
// `--isolation none` where an asset has limits or asks for an isolation of its own.
#pragma once

#include <memory>

#include "execute/process_executor.hpp"
#include "execute/thread_executor.hpp"

namespace partita {

// As many tasks run on threads, and as many in processes, as the options have workers.
Result<std::unique_ptr<Executor>> make_mixed_executor(ProcessExecutorOptions options,
                                                      const Clock& clock);

}  // namespace partita
