#include "animal.hpp"

PARTITA_NOTE("returns_null", "c++");

ENTRY(host) {
  return nullptr;
}
