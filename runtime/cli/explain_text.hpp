// What `explain` answers people. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

std::string explain_text(const ExplainView& view, const Look& look);

}  // namespace partita
