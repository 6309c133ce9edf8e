#include <cstdio>

#include "animal.hpp"

PARTITA_NOTE("million_assets", "c++");

static partita_status define(void*, const partita_registrar* registrar) {
  for (int i = 0; i < 1'000'000; ++i) {
    char key[32];
    std::snprintf(key, sizeof key, "asset_%d", i);
    partita_asset asset = {};
    asset.size = sizeof asset;
    asset.key = str(key);
    asset.run = run_nothing;
    registrar->add_asset(registrar->ctx, &asset);
  }
  return PARTITA_OK;
}

ENTRY(host) {
  static const partita_plugin plugin = {
      sizeof(partita_plugin), 0, nullptr, define, nullptr, nullptr};
  return &plugin;
}
