#include "plugin/plugin_note.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "base/descriptor.hpp"
#include "partita/abi.h"

namespace partita {
namespace {

template <std::size_t N>
std::string padded_text(const char (&text)[N]) {
  return std::string(text, ::strnlen(text, N));
}

}  // namespace

std::optional<PluginNote> find_plugin_note(const std::vector<ElfNote>& notes) {
  for (const ElfNote& found : notes) {
    if (found.name != PARTITA_NOTE_NAME || found.type != PARTITA_NOTE_TYPE) continue;
    if (found.desc.size() < sizeof(partita_note)) continue;
    partita_note note;
    std::memcpy(&note, found.desc.data(), sizeof note);
    return PluginNote{note.abi_major, note.abi_minor_required,    note.sdk_version,
                      note.flags,     padded_text(note.language), padded_text(note.plugin_id)};
  }
  return std::nullopt;
}

Result<PluginNote> read_plugin_note(const std::string& file) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.is_open()) return io_error(fmt::format("open {}: {}", file, std::strerror(errno)));
  const auto image = ElfImage::open(opened.get());
  if (!image) return Error(image.error()).wrap("read " + file);
  const auto notes = image->notes();
  if (!notes) return Error(notes.error()).wrap("read " + file);
  auto note = find_plugin_note(*notes);
  if (!note) {
    return Error{
        ErrorCode::definitions, fmt::format("read {}: is no plugin, it has no note", file), {}};
  }
  return std::move(*note);
}

}  // namespace partita
