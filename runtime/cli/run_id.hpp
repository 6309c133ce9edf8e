// Which run is meant: a number, or `last` for the newest.
#pragma once

#include <string>

#include "service/project.hpp"

namespace partita {

// Which of the runs `last` is: the newest that is meant. `what` follows `there is no run`.
struct LastRun {
  const char* what;
  bool (*is_meant)(const RunRow& run);
};
LastRun last_of_any_kind();

Result<std::int64_t> find_run(Project& project, const std::string& typed,
                              const LastRun& last = last_of_any_kind());

}  // namespace partita
