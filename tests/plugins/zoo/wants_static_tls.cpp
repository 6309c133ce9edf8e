// More thread-local memory, of the kind that is set aside when a process starts, than there is.
#include "animal.hpp"

PARTITA_NOTE("wants_static_tls", "c++");

__attribute__((tls_model("initial-exec"))) thread_local char scratch[1 << 20];

ENTRY(host) {
  scratch[0] = 1;
  return empty_plugin();
}
