#include "animal.hpp"

PARTITA_NOTE("overflows_the_stack", "c++");

static __attribute__((noinline)) int deeper(volatile int* above) {
  volatile int here[64] = {*above};
  return here[0] < 0 ? 0 : deeper(here) + here[1];
}

ENTRY(host) {
  volatile int top = 1;
  return deeper(&top) > 0 ? empty_plugin() : nullptr;
}
