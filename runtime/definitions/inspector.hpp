// inspect(): from an open file, whether it is a plugin that this host can load, without loading it.
//
// Any bytes will do: everything is read with pread and checked against the file's size. Knows
// nothing of where the file is or what was loaded before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "definitions/refusal.hpp"
#include "plugin/plugin_note.hpp"

namespace partita {

struct Inspection {
  std::optional<Refusal> refusal;
  PluginNote note;
  std::vector<std::string> needed;  // DT_NEEDED, also where the refusal is "no_note"
};

Inspection inspect(int fd);

}  // namespace partita
