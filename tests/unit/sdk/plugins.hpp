// A plugin made of a function, without an entry symbol: as many as a test needs.
#pragma once

#include <partita/plugin.hpp>
#include <partita/testing.hpp>

template <void (*Body)(partita::Definitions&)>
const partita_plugin* entry_of(const partita_host*) {
  static const partita_plugin plugin = {sizeof(partita_plugin),         PARTITA_ABI_MINOR, nullptr,
                                        &partita::detail::define<Body>, nullptr,           nullptr};
  return &plugin;
}
