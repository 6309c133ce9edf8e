#include "animal.hpp"

PARTITA_NOTE("needs_helper", "c++");

extern "C" const char* zoo_helper();

static partita_status define(void*, const partita_registrar* registrar) {
  partita_asset asset = {};
  asset.size = sizeof asset;
  asset.key = str(zoo_helper());
  asset.run = run_nothing;
  return registrar->add_asset(registrar->ctx, &asset);
}

ENTRY(host) {
  static const partita_plugin plugin = {
      sizeof(partita_plugin), 0, nullptr, define, nullptr, nullptr};
  return &plugin;
}
