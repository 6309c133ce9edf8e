// No host is built with both.
#include "animal.hpp"

FORGED_NOTE("sanitized", 1, 0, PARTITA_NOTE_ASAN | PARTITA_NOTE_TSAN);

ENTRY(host) {
  return empty_plugin();
}
