// What a command takes from its start to its end.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/files.hpp"

namespace partita::bench {

struct Cost {
  double milliseconds = 0;
  double cpu = 0;  // milliseconds of a processor, which a busy machine does not change
  long megabytes = 0;
};

inline double milliseconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

// Its output goes nowhere. Ends the benchmark where the command does not exit with `code`.
inline Cost cost_of(const Path& program, std::vector<std::string> words, int code = 0) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  words.insert(words.begin(), program.string());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  pid_t child = -1;
  if (posix_spawnp(&child, program.c_str(), &actions, nullptr, argv.data(), environ) != 0) {
    std::exit(1);
  }
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  struct rusage usage{};
  wait4(child, &status, 0, &usage);
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != code) {
    fmt::print(stderr, "`{}` failed\n", fmt::join(words, " "));
    std::exit(1);
  }
  return {taken.count(), milliseconds_of(usage.ru_utime) + milliseconds_of(usage.ru_stime),
          usage.ru_maxrss / 1024};
}

// A process that is started counts what its parent has in memory as its own: it must stay little.
template <class Work>
void in_a_child(const Work& work) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    work();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) std::exit(1);
}

}  // namespace partita::bench
