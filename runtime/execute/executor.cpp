#include "execute/executor.hpp"

#include <fmt/format.h>

#include "plugin/run_policy.hpp"

namespace partita {

std::string memory_limit_text(const TaskLimits& limits) {
  return fmt::format("it asked for more memory than its limit of {}",
                     format_bytes(limits.memory_bytes));
}

std::string directory_of(std::string_view directory, std::int64_t task) {
  return fmt::format("{}/{}", directory, task);
}

}  // namespace partita
