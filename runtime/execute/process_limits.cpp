#include "execute/process_limits.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "execute/usage_meter.hpp"

namespace partita {
namespace {

// What the kernel counts against RLIMIT_DATA, and the stack.
std::int64_t data_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t pages = 0;
  for (int field = 0; field < 6; ++field) file >> pages;
  return pages * ::sysconf(_SC_PAGESIZE);
}

double cpu_seconds() {
  UsageMeter meter(RUSAGE_SELF);
  meter.begin(0);
  return static_cast<double>(meter.sample().user_micros + meter.sample().system_micros) / 1e6;
}

}  // namespace

void limit_this_process(const TaskLimits& limits) {
  if (limits.memory_bytes > 0) {
    const auto bytes = static_cast<rlim_t>(data_bytes() + limits.memory_bytes);
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_DATA, &limit);
  }
  if (limits.cpu_seconds > 0) {
    // In whole seconds: what the process has taken before counts where it is one.
    const auto seconds =
        static_cast<rlim_t>(std::floor(cpu_seconds()) + std::ceil(limits.cpu_seconds));
    const rlimit limit{seconds, seconds + 1};
    ::setrlimit(RLIMIT_CPU, &limit);
  }
}

}  // namespace partita
