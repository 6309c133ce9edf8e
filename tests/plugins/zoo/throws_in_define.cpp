#include <stdexcept>

#include "animal.hpp"

PARTITA_NOTE("throws_in_define", "c++");

static partita_status define(void*, const partita_registrar*) {
  throw std::invalid_argument("no such table: prices");
}

ENTRY(host) {
  static const partita_plugin plugin = {
      sizeof(partita_plugin), 0, nullptr, define, nullptr, nullptr};
  return &plugin;
}
