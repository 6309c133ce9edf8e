#include <sys/mman.h>

#include "animal.hpp"

PARTITA_NOTE("segfault_in_entry", "c++");

// Not to address 0, where a sanitizer may have something.
static __attribute__((noinline)) void write_to_nowhere() {
  void* nowhere = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile int*>(nowhere) = 1;
}

ENTRY(host) {
  write_to_nowhere();
  return empty_plugin();
}
