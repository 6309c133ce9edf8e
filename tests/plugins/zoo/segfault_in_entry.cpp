#include "animal.hpp"

PARTITA_NOTE("segfault_in_entry", "c++");

static __attribute__((noinline, no_sanitize("undefined"))) void write_to_nowhere() {
  int* volatile nowhere = nullptr;
  *nowhere = 1;
}

ENTRY(host) {
  write_to_nowhere();
  return empty_plugin();
}
