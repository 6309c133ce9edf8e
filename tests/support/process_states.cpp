#include "support/process_states.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <system_error>

namespace partita::tests {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string line_with(const fs::path& file, std::string_view start) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(start)) return line.substr(start.size());
  }
  return {};
}

std::string thread_state(const fs::path& thread) {
  return fmt::format("  thread {} {}:{}, parent{}, waits in {}, system call {}\n",
                     thread.filename().string(), first_line(thread / "comm"),
                     line_with(thread / "status", "State:"), line_with(thread / "status", "PPid:"),
                     first_line(thread / "wchan"), first_line(thread / "syscall"));
}

}  // namespace

std::vector<pid_t> processes_in(const fs::path& directory) {
  std::vector<pid_t> pids;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && fs::read_symlink(entry.path() / "cwd", none) == directory) pids.push_back(pid);
  }
  return pids;
}

std::string process_states(const fs::path& directory) {
  std::string states;
  std::error_code ended;
  for (const pid_t pid : processes_in(directory)) {
    states += fmt::format("process {}\n", pid);
    for (const auto& thread : fs::directory_iterator(fmt::format("/proc/{}/task", pid), ended))
      states += thread_state(thread.path());
  }
  return states;
}

}  // namespace partita::tests
