// Settings as a table.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/settings_view.hpp"

namespace partita {

// With `origins` a column says what set each.
std::string settings_text(const SettingsView& view, bool origins, const Look& look);

}  // namespace partita
