// The answer of `show` for people: one asset in full. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

std::string show_text(const AssetView& view, const Look& look);

}  // namespace partita
