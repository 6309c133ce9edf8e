/* The ELF note by which the host knows a plugin without loading it.
 *
 *   PARTITA_NOTE("my_plugin", "c");
 *
 * once in a plugin, at file scope. PARTITA_PLUGIN in <partita/plugin.hpp> does it for C++.
 */
#ifndef PARTITA_NOTE_H
#define PARTITA_NOTE_H

#include <partita/abi.h>

/* gcc names its sanitizers by macros, clang by features. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PARTITA_NOTE_ASAN_FLAG PARTITA_NOTE_ASAN
#endif
#if __has_feature(thread_sanitizer)
#define PARTITA_NOTE_TSAN_FLAG PARTITA_NOTE_TSAN
#endif
#endif
#if !defined(PARTITA_NOTE_ASAN_FLAG) && defined(__SANITIZE_ADDRESS__)
#define PARTITA_NOTE_ASAN_FLAG PARTITA_NOTE_ASAN
#endif
#if !defined(PARTITA_NOTE_TSAN_FLAG) && defined(__SANITIZE_THREAD__)
#define PARTITA_NOTE_TSAN_FLAG PARTITA_NOTE_TSAN
#endif
#ifndef PARTITA_NOTE_ASAN_FLAG
#define PARTITA_NOTE_ASAN_FLAG 0
#endif
#ifndef PARTITA_NOTE_TSAN_FLAG
#define PARTITA_NOTE_TSAN_FLAG 0
#endif

/* Nothing refers to the note: `used` keeps it in the object file, `retain` when sections are
 * collected. */
#if defined(__has_attribute)
#if __has_attribute(retain)
#define PARTITA_NOTE_RETAIN __attribute__((retain))
#endif
#endif
#ifndef PARTITA_NOTE_RETAIN
#define PARTITA_NOTE_RETAIN
#endif

/* Clang's address sanitizer would pad the note; gcc leaves what has a section of its own. */
#if defined(__clang__)
#define PARTITA_NOTE_UNPADDED __attribute__((no_sanitize("address")))
#else
#define PARTITA_NOTE_UNPADDED
#endif

#define PARTITA_NOTE_ATTRIBUTES                  \
  __attribute__((section(".note.partita"), used, \
                 aligned(4))) PARTITA_NOTE_RETAIN PARTITA_NOTE_UNPADDED

#define PARTITA_NOTE(plugin_id, language)                                                          \
  PARTITA_NOTE_ATTRIBUTES static const partita_elf_note partita_this_note = {                      \
      sizeof(PARTITA_NOTE_NAME),                                                                   \
      sizeof(partita_note),                                                                        \
      PARTITA_NOTE_TYPE,                                                                           \
      PARTITA_NOTE_NAME,                                                                           \
      {PARTITA_ABI_MAJOR, 0, PARTITA_SDK_VERSION, PARTITA_NOTE_ASAN_FLAG | PARTITA_NOTE_TSAN_FLAG, \
       language, plugin_id}}

#endif
