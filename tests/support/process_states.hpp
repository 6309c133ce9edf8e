// What processes do at this moment, for a test whose command does not end.
#pragma once

#include <filesystem>
#include <string>

namespace partita::tests {

// Of all whose working directory this is: a line for each thread with its name, its state and where
// in the kernel it waits, as /proc tells it.
std::string process_states(const std::filesystem::path& directory);

}  // namespace partita::tests
