// Resources with their secrets: `{ env = "X" }` and `{ file = "..." }` become the text they refer
// to.
//
// Only what goes to a task is resolved; settings that are shown keep the reference.
#pragma once

#include "service/settings.hpp"

namespace partita {

Result<Json> resolve_secrets(const Settings& settings);

}  // namespace partita
