// A child of the zygote that opens plugins: how it begins, and how its parent learns what it died
// of.
#pragma once

#include <string>

#include "base/descriptor.hpp"

namespace partita {

// In the child, first of all: limits on memory and on what it writes, and a crash report to the
// file at `crash`.
void begin_plugin_child(const std::string& crash);

// A file of nobody's file system, that a child opens by its path.
struct SharedMemory {
  explicit SharedMemory(const char* name);
  std::string path() const;
  Descriptor file;
};

// `SIGABRT (abort), uncaught std::runtime_error: text`, then the backtrace in indented lines.
std::string crash_text(int signal, const SharedMemory& crash);

}  // namespace partita
