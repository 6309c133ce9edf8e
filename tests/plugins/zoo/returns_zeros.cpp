#include "animal.hpp"

PARTITA_NOTE("returns_zeros", "c++");

ENTRY(host) {
  static const partita_plugin plugin = {};
  return &plugin;
}
