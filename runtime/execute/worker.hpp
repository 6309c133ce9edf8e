// The role of a worker process: loads plugins as tasks need them and runs one task at a time.
//
// Speaks protocol.hpp over its channel. Whatever a task prints goes to standard output and error,
// which the host captures. Ends when the host closes the channel.
#pragma once

#include <string_view>

namespace partita {

inline constexpr const char* kWorkerRole = "worker";

// `argument` is JSON: {"settings": TaskSettings, "crash_file": path, "claims": path of the
// TaskClaims, "ring": path of the SharedRing, "fork_each": whether each task gets a process of its
// own}.
int worker_role(int channel, std::string_view argument);

}  // namespace partita
