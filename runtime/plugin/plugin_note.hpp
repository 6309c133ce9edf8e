// What a plugin's ELF note says: which contract it was built for, and who it is. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "partita/note.h"
#include "plugin/elf_image.hpp"

namespace partita {

// The sanitizers that this program is itself built with, as the flags of a note.
inline constexpr std::uint32_t kHostSanitizers = PARTITA_NOTE_ASAN_FLAG | PARTITA_NOTE_TSAN_FLAG;

struct PluginNote {
  int abi_major = 0;
  int abi_minor_required = 0;
  std::uint32_t sdk_version = 0;
  std::uint32_t flags = 0;  // PARTITA_NOTE_ASAN, PARTITA_NOTE_TSAN
  std::string language;
  std::string plugin_id;
};

// No value: there is none.
std::optional<PluginNote> find_plugin_note(const std::vector<ElfNote>& notes);

// The note of a file. An error where it cannot be read, or has none.
Result<PluginNote> read_plugin_note(const std::string& file);

}  // namespace partita
