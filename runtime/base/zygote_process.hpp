// What the zygote does in its own process: forks children on request, reaps them, tells the host.
#pragma once

#include <map>
#include <string>

#include "base/zygote.hpp"

namespace partita {

// Ends with the control socket.
[[noreturn]] void be_zygote(const std::map<std::string, Zygote::Role>& roles, int control) noexcept;

}  // namespace partita
