// Surroundings: what of its process asset code may change and the next task must not meet: the
// working directory, the environment, the locale and the file mode mask.
//
// Knows nothing of tasks. For a process that runs one at a time: all of it is the process's.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/descriptor.hpp"

namespace partita {

class Surroundings {
 public:
  Surroundings();  // as they are now
  // Microseconds where nothing has changed.
  void restore() const;

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
