// The one place of these tests with an entry symbol: the macro, and the note that goes with it.
#include <doctest/doctest.h>
#include <partita/plugin.hpp>
#include <partita/testing.hpp>

#include <cstring>
#include <string>

PARTITA_PLUGIN(note_test, defs) {
  defs.asset("made") = [](partita::Run& run) { run.metadata("rows", 1); };
}

TEST_CASE("the macro makes an entry whose plugin defines and runs") {
  partita::testing::Plugin plugin(partita_entry_v1);
  CHECK(plugin.assets() == std::vector<std::string>{"made"});
  CHECK(plugin.materialize("made").metadata<int>("rows") == 1);
}

TEST_CASE("the note's bytes are those of an ELF note with name, type and descriptor") {
  unsigned char bytes[sizeof(partita_elf_note)];
  std::memcpy(bytes, &partita_this_note, sizeof bytes);
  const unsigned char head[] = {5,   0,   0, 0, 88, 0, 0, 0, 1, 0, 0,   0, 'P', 'T',
                                'A', '1', 0, 0, 0,  0, 1, 0, 0, 0, 100, 0, 0,   0};
  CHECK(std::memcmp(bytes, head, sizeof head) == 0);
  CHECK(std::memcmp(bytes + 32, "c++\0\0\0\0\0\0\0\0", 12) == 0);
  CHECK(std::string(partita_this_note.desc.plugin_id) == "note_test");
}

TEST_CASE("the note names the sanitizer it was built with") {
#if defined(__SANITIZE_ADDRESS__)
  CHECK(partita_this_note.desc.flags == PARTITA_NOTE_ASAN);
#elif defined(__SANITIZE_THREAD__)
  CHECK(partita_this_note.desc.flags == PARTITA_NOTE_TSAN);
#elif !defined(__clang__)
  CHECK(partita_this_note.desc.flags == 0);
#endif
}
