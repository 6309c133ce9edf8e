#include "animal.hpp"

FORGED_NOTE("newer_major", 2, 0, 0);

ENTRY(host) {
  return empty_plugin();
}
