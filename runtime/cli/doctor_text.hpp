// What `doctor` found, a line for each thing, with what to do under it. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/doctor.hpp"

namespace partita {

std::string health_text(const HealthView& view, const Look& look);

// `1 problem, 2 warnings`.
std::string health_summary(const HealthView& view);

}  // namespace partita
