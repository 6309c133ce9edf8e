#include "animal.hpp"

PARTITA_NOTE("invalid_keys", "c++");

static partita_status define(void*, const partita_registrar* registrar) {
  static char long_key[10'000];
  __builtin_memset(long_key, 'k', sizeof long_key);
  const partita_str keys[] = {{"", 0},      str("a..b"), str("/etc"),     str("a b"),
                              str("-x"),    {"a\0b", 3}, {"\xff\xfe", 2}, {long_key, 10'000},
                              {nullptr, 7}, str("good"), str("good")};
  for (const partita_str& key : keys) {
    partita_asset asset = {};
    asset.size = sizeof asset;
    asset.key = key;
    asset.run = run_nothing;
    registrar->add_asset(registrar->ctx, &asset);
  }
  return PARTITA_INVALID;
}

ENTRY(host) {
  static const partita_plugin plugin = {
      sizeof(partita_plugin), 0, nullptr, define, nullptr, nullptr};
  return &plugin;
}
