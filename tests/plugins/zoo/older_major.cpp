#include "animal.hpp"

FORGED_NOTE("older_major", 0, 0, 0);

ENTRY(host) {
  return empty_plugin();
}
