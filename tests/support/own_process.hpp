// What the process that runs the tests holds at the moment: memory, descriptors, processes.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace partita::tests {

inline std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

inline std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return std::distance(begin(entries), end(entries));
}

inline std::ptrdiff_t mappings() {
  std::ifstream maps("/proc/self/maps");
  return std::count(std::istreambuf_iterator<char>(maps), {}, '\n');
}

// Its children, and theirs.
inline std::ptrdiff_t descendants(pid_t of = ::getpid()) {
  const std::string process = std::to_string(of);
  std::ifstream children("/proc/" + process + "/task/" + process + "/children");
  std::ptrdiff_t count = 0;
  for (pid_t child = 0; children >> child;) count += 1 + descendants(child);
  return count;
}

}  // namespace partita::tests
