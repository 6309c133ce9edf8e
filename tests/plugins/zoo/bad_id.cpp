#include "animal.hpp"

PARTITA_NOTE("../up", "c++");

ENTRY(host) {
  return empty_plugin();
}
