// Help: what `partita help` and `--help` show, made from the table of commands in one layout.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace partita {

std::string overview_help(const Look& look);
std::string command_help(const Command& command, const Look& look);

}  // namespace partita
