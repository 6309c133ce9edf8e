// What processes do at this moment, for a test whose command does not end.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace partita::tests {

// Those whose working directory this is.
std::vector<pid_t> processes_in(const std::filesystem::path& directory);

// A line for each of their threads with its name, its state and where in the kernel it waits, as
// /proc tells it.
std::string process_states(const std::filesystem::path& directory);

}  // namespace partita::tests
