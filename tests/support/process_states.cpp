#include "support/process_states.hpp"

#include <fmt/format.h>

#include <cctype>
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

std::string process_states(const fs::path& directory) {
  std::string states;
  std::error_code error;
  for (const auto& process : fs::directory_iterator("/proc")) {
    if (std::isdigit(static_cast<unsigned char>(process.path().filename().string()[0])) == 0)
      continue;
    if (fs::read_symlink(process.path() / "cwd", error) != directory) continue;
    states += fmt::format("process {}\n", process.path().filename().string());
    for (const auto& thread : fs::directory_iterator(process.path() / "task", error))
      states += thread_state(thread.path());
  }
  return states;
}

}  // namespace partita::tests
