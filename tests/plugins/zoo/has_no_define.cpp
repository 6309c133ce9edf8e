#include "animal.hpp"

PARTITA_NOTE("has_no_define", "c++");

ENTRY(host) {
  static const partita_plugin plugin = {16, 0, nullptr, nullptr, nullptr, nullptr};
  return &plugin;
}
