// A file of nobody's file system, that another process of the same user opens by its path.
#pragma once

#include <string>

#include "base/descriptor.hpp"

namespace partita {

struct SharedMemory {
  explicit SharedMemory(const char* name);  // not open where there is no memory
  std::string path() const;                 // while this process has it open
  Descriptor file;
};

}  // namespace partita
