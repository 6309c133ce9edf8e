#include "animal.hpp"

PARTITA_NOTE("throws_int", "c++");

ENTRY(host) {
  throw 42;
}
