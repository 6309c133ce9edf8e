#include "animal.hpp"

PARTITA_NOTE("fails_in_define", "c++");

static partita_status define(void*, const partita_registrar* registrar) {
  registrar->fail(registrar->ctx, str("prices.csv is not there"));
  return PARTITA_FAILED;
}

ENTRY(host) {
  static const partita_plugin plugin = {
      sizeof(partita_plugin), 0, nullptr, define, nullptr, nullptr};
  return &plugin;
}
