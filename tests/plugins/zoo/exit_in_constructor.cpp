#include <unistd.h>

#include "animal.hpp"

PARTITA_NOTE("exit_in_constructor", "c++");

__attribute__((constructor)) static void begin() {
  ::_exit(0);
}

ENTRY(host) {
  return empty_plugin();
}
