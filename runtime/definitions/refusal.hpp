// Why a file is not taken as a plugin: the code and the text of the Problem that it becomes.
#pragma once

#include <string>

namespace partita {

struct Refusal {
  std::string code;
  std::string message;
  bool unfinished = false;  // somebody may still be writing the file
};

}  // namespace partita
