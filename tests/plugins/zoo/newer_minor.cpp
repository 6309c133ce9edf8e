#include "animal.hpp"

FORGED_NOTE("newer_minor", 1, 9, 0);

ENTRY(host) {
  return empty_plugin();
}
