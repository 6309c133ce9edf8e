// The commands to type next, at the end of an answer that leaves something to do. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/look.hpp"

namespace partita {

struct NextCommand {
  std::string line;
  std::string what;
};

// `partita check run SELECTION OPTIONS`, as it was typed.
std::string check_command_line(const std::string& selection,
                               const std::vector<std::string>& options);
// Of what did not pass then; where some has no result to tell it by, of all.
std::string check_again_command(const std::string& selection, std::vector<std::string> options,
                                bool unchecked = false);

// Apart from what stands before; empty without commands, and with --quiet.
std::string next_commands_text(const std::vector<NextCommand>& commands, const Look& look);

}  // namespace partita
