// The C++ face of Partita: all that a plugin includes.
//
//   #include <partita/plugin.hpp>
//
//   PARTITA_PLUGIN(shop, defs) {
//     defs.asset("orders").daily("2024-01-01") = [](partita::Run& run) {
//       run.metadata("day", run.partition());
//     };
//   }
//
// C++17, header-only. Everything is inline and hidden, so that two plugins, or two versions of one,
// never share a symbol. Nothing runs before the host asks: no static initialisers.
#pragma once

#include <partita/abi.h>
#include <partita/note.h>
#include <partita/definitions.hpp>
#include <partita/detail/guard.hpp>
#include <partita/detail/received.hpp>
#include <partita/detail/tables.hpp>

#pragma GCC visibility push(hidden)
namespace partita::detail {

// A body that throws registers nothing.
inline partita_status define(void (*body)(Definitions&), const partita_registrar* table) noexcept {
  FailSink fail{nullptr, nullptr};
  return guard(fail, [&] {
    const partita_registrar registrar = received(table, "partita_registrar");
    fail = {registrar.ctx, registrar.fail};
    if (registrar.add_asset == nullptr || registrar.add_check == nullptr) {
      throw Failed("define: this host takes no assets or no checks");
    }
    Definitions definitions;
    body(definitions);
    require_complete(definitions);
    register_all(definitions, registrar);
    return partita_status{PARTITA_OK};
  });
}

// partita_plugin::define of a plugin with this body.
template <void (*Body)(Definitions&)>
partita_status define(void* /*self*/, const partita_registrar* registrar) noexcept {
  return define(Body, registrar);
}

}  // namespace partita::detail
#pragma GCC visibility pop

// Once in a plugin. `name` is its id: an identifier, unique in a project. The braces that follow
// are a function with the parameter `partita::Definitions& defs`; it says the same at every call.
// NOLINTBEGIN(bugprone-macro-parentheses): names that are declared take none
#define PARTITA_PLUGIN(name, defs)                                                          \
  PARTITA_NOTE(#name, "c++");                                                               \
  static void partita_define_##name(partita::Definitions& defs);                            \
  extern "C" __attribute__((visibility("default"))) const partita_plugin* partita_entry_v1( \
      const partita_host* /*host*/) {                                                       \
    static const partita_plugin plugin = {sizeof(partita_plugin),                           \
                                          PARTITA_ABI_MINOR,                                \
                                          nullptr,                                          \
                                          &partita::detail::define<&partita_define_##name>, \
                                          nullptr,                                          \
                                          nullptr};                                         \
    return &plugin;                                                                         \
  }                                                                                         \
  static void partita_define_##name([[maybe_unused]] partita::Definitions& defs)
// NOLINTEND(bugprone-macro-parentheses)
