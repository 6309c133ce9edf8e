// Built with the compiler's default flags: `counter` is then one for the whole process.
#include "animal.hpp"

PARTITA_NOTE("shares_symbols", "c++");

template <class T>
struct Counter {
  static inline int value = 7;
};

ENTRY(host) {
  return Counter<int>::value++ == 7 ? empty_plugin() : nullptr;
}
