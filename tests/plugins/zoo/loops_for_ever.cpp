#include <csignal>

#include "animal.hpp"

PARTITA_NOTE("loops_for_ever", "c++");

ENTRY(host) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  for (;;) {
    volatile int turn = 0;
    (void)turn;
  }
}
