// A child of the zygote that opens plugins: how it begins, and how its parent learns what it died
// of.
#pragma once

#include <string>

#include "base/shared_memory.hpp"

namespace partita {

// In the child, first of all: limits on memory and on what it writes, and a crash report to the
// file at `crash`.
void begin_plugin_child(const std::string& crash);

// `SIGABRT (abort), uncaught std::runtime_error: text`, then the backtrace in indented lines.
std::string crash_text(int signal, const SharedMemory& crash);

}  // namespace partita
