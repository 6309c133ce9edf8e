#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text.hpp"
#include "partitions/time_zone.hpp"
#include "plugin/plugin_note.hpp"
#include "service/health_checks.hpp"

namespace partita {
namespace {

constexpr rlim_t kDescriptorsAtLeast = 64;
constexpr rlim_t kDescriptorsPerWorker = 8;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// The file that a shell would run; empty: there is none.
std::string found_on_path(const std::string& program) {
  if (program.empty()) return {};
  if (program.find('/') != std::string::npos)
    return ::access(program.c_str(), X_OK) == 0 ? program : "";
  for (const std::string& directory : split(variable("PATH"), ':')) {
    const std::string file = directory + "/" + program;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

void check_compiler(HealthChecks& checks) {
  // CXX may have arguments: `ccache g++`.
  const std::string chosen = variable("CXX");
  const std::string first = chosen.empty() ? "" : split(chosen, ' ').front();
  for (const std::string& program :
       {first, std::string("c++"), std::string("g++"), std::string("clang++")}) {
    const std::string file = found_on_path(program);
    if (!file.empty()) return checks.ok("compiler", file);
  }
  checks.warn("compiler", "there is no C++ compiler on PATH: plugins cannot be built here",
              "install g++ or clang++, or name one in CXX");
}

void check_cmake(HealthChecks& checks) {
  const std::string file = found_on_path("cmake");
  if (!file.empty()) return checks.ok("cmake", file);
  checks.warn("cmake", "it is not on PATH: what `partita init` makes cannot be built here",
              "install cmake, or build plugins with the compiler alone");
}

void check_descriptors(HealthChecks& checks) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return checks.not_looked_at("descriptors", "the system does not tell the limit");
  const rlim_t wanted =
      kDescriptorsAtLeast + kDescriptorsPerWorker * static_cast<rlim_t>(available_cpus());
  const std::string text = limit.rlim_cur == RLIM_INFINITY
                               ? std::string("no limit")
                               : fmt::format("a process may open {}", limit.rlim_cur);
  if (limit.rlim_cur >= wanted) return checks.ok("descriptors", text);
  checks.warn("descriptors", fmt::format("{}: too few for a worker on each CPU", text),
              fmt::format("ulimit -n {}", wanted));
}

void check_time_zones(HealthChecks& checks) {
  const auto zone = TimeZone::load("Europe/Berlin");
  if (zone) return checks.ok("time_zones", "the tz database is there");
  checks.warn("time_zones", "there is no tz database: only partitions in UTC can be had",
              "install tzdata, or name its directory in TZDIR");
}

}  // namespace

void check_installation(HealthChecks& checks) {
  checks.ok("contract", fmt::format("plugins of ABI {}, up to minor version {}", PARTITA_ABI_MAJOR,
                                    PARTITA_ABI_MINOR));
  check_compiler(checks);
  check_cmake(checks);
  checks.ok("cpus", fmt::format("{}, by affinity and cgroup", count_of(available_cpus(), "CPU")));
  check_descriptors(checks);
  check_time_zones(checks);
}

}  // namespace partita
