#include <cstdlib>

#include "animal.hpp"

PARTITA_NOTE("crashes_in_close", "c++");

ENTRY(host) {
  static const partita_plugin plugin = {
      sizeof(partita_plugin), 0, nullptr, define_nothing, [](void*) { std::abort(); }, nullptr};
  return &plugin;
}
