#include "base/shared_memory.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace partita {

SharedMemory::SharedMemory(const char* name) : file(::memfd_create(name, MFD_CLOEXEC)) {}

std::string SharedMemory::path() const {
  return fmt::format("/proc/{}/fd/{}", ::getpid(), file.get());
}

}  // namespace partita
