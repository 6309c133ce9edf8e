// Which run is meant: a number, or `last` for the newest.
#pragma once

#include <string>

#include "service/project.hpp"

namespace partita {

// Which of the runs `last` is: the newest that is meant. `what` follows `there is no run`. Where
// the command can do nothing with that one it is refused, and the newest that it can take is named.
struct LastRun {
  const char* what;
  bool (*is_meant)(const RunRow& run);
  const char* command = "";
  bool (*is_fit)(const RunRow& run) = nullptr;
};
LastRun last_of_any_kind();

Result<std::int64_t> find_run(Project& project, const std::string& typed,
                              const LastRun& last = last_of_any_kind());

}  // namespace partita
