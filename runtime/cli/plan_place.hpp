// The file of a frozen plan, as it was named on the command line.
#pragma once

#include <string>

#include "base/result.hpp"

namespace partita {

// `-` stands for standard input.
Result<std::string> read_plan(const std::string& file);
Status write_plan(const std::string& file, const std::string& text);

}  // namespace partita
