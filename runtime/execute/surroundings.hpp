// Surroundings: what of its process asset code may change and the next task must not meet: the
// working directory, the environment, the locale and the file mode mask.
//
// Knows nothing of tasks. For a process that runs one at a time: all of it is the process's. The
// program has chdir(), fchdir() and umask() of its own, which code in its libraries and plugins
// meets before the C library's: they note that they were called, since to ask the kernel costs
// more than a short task.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/descriptor.hpp"

namespace partita {

class Surroundings {
 public:
  Surroundings();  // as they are now
  // What was changed through the C library; `thorough`: directory and mask in any case, for code
  // that asks the kernel itself.
  void restore(bool thorough) const;

 private:
  Descriptor directory_;
  bool has_same_environment() const;

  std::vector<std::string> environment_;  // `NAME=value`
  // Where the variables stood, one after another, and their bytes: compared at once as long as none
  // has been moved. No bytes: they did not stand like that.
  std::vector<const char*> pointers_;
  std::string block_;
  std::string locale_;
  mode_t mask_ = 0;
};

}  // namespace partita
