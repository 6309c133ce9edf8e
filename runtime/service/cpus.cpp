#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/files.hpp"
#include "base/text.hpp"
#include "service/settings.hpp"

namespace partita {
namespace {

// The CPUs that a cgroup v2 file `cpu.max` ("200000 100000", "max 100000") grants; 0 for no limit.
int cpus_of_quota(const std::string& cpu_max) {
  const std::vector<std::string> fields = split(trim(cpu_max), ' ');
  double quota = 0, period = 0;
  if (fields.size() != 2) return 0;
  const auto read = [](const std::string& text, double& out) {
    return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc();
  };
  if (!read(fields[0], quota) || !read(fields[1], period) || period <= 0) return 0;
  return std::max(1, static_cast<int>(std::ceil(quota / period)));
}

// This process's cgroup v2 directory, as /proc/self/cgroup names it.
Path own_cgroup() {
  const Result<std::string> text = read_file("/proc/self/cgroup");
  if (!text) return "/sys/fs/cgroup";
  for (const std::string& line : split(*text, '\n')) {
    if (line.starts_with("0::")) return Path("/sys/fs/cgroup" + line.substr(3));
  }
  return "/sys/fs/cgroup";
}

}  // namespace

int available_cpus() {
  cpu_set_t allowed;
  int cpus = ::sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
  const Path root = "/sys/fs/cgroup";
  for (Path at = own_cgroup();; at = at.parent_path()) {
    const Result<std::string> quota = read_file(at / "cpu.max");
    const int limit = quota ? cpus_of_quota(*quota) : 0;
    if (limit > 0) cpus = std::min(cpus, limit);
    if (at == root || !at.has_relative_path()) return std::max(1, cpus);
  }
}

}  // namespace partita
