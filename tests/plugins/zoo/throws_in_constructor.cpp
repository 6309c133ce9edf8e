#include <stdexcept>

#include "animal.hpp"

PARTITA_NOTE("throws_in_constructor", "c++");

__attribute__((constructor)) static void begin() {
  throw std::runtime_error("no such table: prices");
}

ENTRY(host) {
  return empty_plugin();
}
