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

// Apart from what stands before; empty without commands.
std::string next_commands_text(const std::vector<NextCommand>& commands, const Look& look);

}  // namespace partita
