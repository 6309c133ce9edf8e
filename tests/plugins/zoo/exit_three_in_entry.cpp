#include <unistd.h>

#include "animal.hpp"

PARTITA_NOTE("exit_three_in_entry", "c++");

ENTRY(host) {
  ::_exit(3);
}
