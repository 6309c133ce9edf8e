#include "animal.hpp"

PARTITA_NOTE("missing_symbol", "c++");

namespace prices {
int table(int);
}

ENTRY(host) {
  return prices::table(1) == 1 ? empty_plugin() : nullptr;
}
