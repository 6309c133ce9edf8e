#include <cstdlib>

#include "animal.hpp"

PARTITA_NOTE("abort_in_constructor", "c++");

__attribute__((constructor)) static void begin() {
  std::abort();
}

ENTRY(host) {
  return empty_plugin();
}
