#include <unistd.h>

#include "animal.hpp"

PARTITA_NOTE("forks_a_daemon", "c++");

// Holds every descriptor open, the host's socket too.
ENTRY(host) {
  if (::fork() == 0) {
    ::setsid();
    ::alarm(60);
    for (;;) ::pause();
  }
  return empty_plugin();
}
