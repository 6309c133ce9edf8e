#include "execute/executor.hpp"

#include <fmt/format.h>

namespace partita {

std::string directory_of(std::string_view directory, std::int64_t task) {
  return fmt::format("{}/{}", directory, task);
}

}  // namespace partita
