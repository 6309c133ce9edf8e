#include "animal.hpp"

PARTITA_NOTE("no_entry", "c++");

const partita_plugin* unused() {
  return empty_plugin();
}
