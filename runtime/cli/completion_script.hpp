// Completion scripts for shells, made from the table of commands. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace partita {

// `shell` is bash, zsh or fish. The scripts ask `partita list --keys` for the assets.
Result<std::string> completion_script(std::string_view shell);

}  // namespace partita
