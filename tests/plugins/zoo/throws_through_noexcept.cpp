#include <stdexcept>

#include "animal.hpp"

PARTITA_NOTE("throws_through_noexcept", "c++");

static __attribute__((noinline)) partita_status look_up() {
  throw std::runtime_error("no such table: prices");
}

static partita_status define(void*, const partita_registrar*) noexcept {
  return look_up();
}

ENTRY(host) {
  static const partita_plugin plugin = {
      sizeof(partita_plugin), 0, nullptr, define, nullptr, nullptr};
  return &plugin;
}
