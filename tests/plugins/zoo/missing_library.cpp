#include "animal.hpp"

PARTITA_NOTE("missing_library", "c++");

extern "C" int zoo_gone();

ENTRY(host) {
  return zoo_gone() == 1 ? empty_plugin() : nullptr;
}
