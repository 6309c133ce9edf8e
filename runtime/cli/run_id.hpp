// Which run is meant: a number, or `last` for the newest.
#pragma once

#include <string>

#include "service/project.hpp"

namespace partita {

Result<std::int64_t> find_run(Project& project, const std::string& typed);

}  // namespace partita
