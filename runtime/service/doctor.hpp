// Whether this installation and this project are as they should be: `partita doctor`.
//
// Looks at one thing after the other and changes none, but for what an earlier look that was killed
// has left; what cannot be looked at is told as such, and the next is looked at. Beside other
// processes: a run may go on meanwhile. To see what the file system can do it makes a directory of
// its own beside what it looks at, and removes it.
#pragma once

#include <string>
#include <vector>

#include "service/project.hpp"

namespace partita {

struct HealthCheck {
  enum class State { ok, warning, problem };
  std::string name;
  State state = State::ok;
  std::string text;
  std::string hint;  // what to do; may be empty
};

struct HealthView {
  std::string project;  // its directory; empty outside of one
  std::vector<HealthCheck> checks;
  std::int64_t count(HealthCheck::State state) const;
};
const char* to_text(HealthCheck::State state);
Json to_json(const HealthView& view);  // {project, checks: [{name, status, text, hint}]}

// Outside a project, unless the options name one, only the installation and the user's settings.
HealthView examine(const ProjectOptions& options);

}  // namespace partita
