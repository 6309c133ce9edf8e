// The answer of `status` for people. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

std::string project_status_text(const StatusView& view, const Look& look);

}  // namespace partita
