// The shell: finds the command, parses its options, runs it and reports how it ended.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace partita {

// `words` without the program's name. The zygote is started when a command opens the project,
// before there is a thread, a store or a plugin; commands that need no project need no zygote
// either. The result is the exit code.
int run_cli(const std::vector<std::string>& words, const StartZygote& start_zygote);

}  // namespace partita
