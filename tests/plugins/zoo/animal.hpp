// What the animals of the zoo have in common: a sound, empty plugin to misbehave around.
#pragma once

#include <partita/abi.h>
#include <partita/note.h>

#define ENTRY(host)                                                                         \
  extern "C" __attribute__((visibility("default"))) const partita_plugin* partita_entry_v1( \
      [[maybe_unused]] const partita_host* host)

// A note that PARTITA_NOTE would not write.
#define FORGED_NOTE(id, major, minor, flags)                                \
  __attribute__((section(".note.partita"), used,                            \
                 aligned(4))) static const partita_elf_note forged_note = { \
      sizeof(PARTITA_NOTE_NAME),                                            \
      sizeof(partita_note),                                                 \
      PARTITA_NOTE_TYPE,                                                    \
      PARTITA_NOTE_NAME,                                                    \
      {major, minor, PARTITA_SDK_VERSION, flags, "c++", id}}

inline partita_status define_nothing(void*, const partita_registrar*) {
  return PARTITA_OK;
}

inline partita_status run_nothing(void*, const partita_run*) {
  return PARTITA_OK;
}

inline const partita_plugin* empty_plugin() {
  static const partita_plugin plugin = {sizeof(partita_plugin), PARTITA_ABI_MINOR, nullptr,
                                        define_nothing,         nullptr,           nullptr};
  return &plugin;
}

inline partita_str str(const char* text) {
  return {text, __builtin_strlen(text)};
}
