// A project in a temporary directory, and the real binary run in it: write, read, run, expect.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace partita::tests {

struct CommandResult {
  int code = 0;  // of the exit, or 128 + signal
  std::string out;
  std::string err;
};

// A command that is still running.
class RunningCommand {
 public:
  RunningCommand(pid_t pid, std::filesystem::path out, std::filesystem::path err)
      : pid_(pid), out_(std::move(out)), err_(std::move(err)) {}
  RunningCommand(const RunningCommand&) = delete;
  RunningCommand& operator=(const RunningCommand&) = delete;
  RunningCommand(RunningCommand&& other) noexcept;
  ~RunningCommand();

  void signal(int number) const;
  // Of one that hangs, its errors end with what its processes waited for.
  CommandResult wait();
  // Waits until it has printed this on either stream, at most as long as any test may take.
  bool wait_for_output(std::string_view text) const;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  std::filesystem::path out_, err_;
};

class Sandbox {
 public:
  // With a partita.toml of this text and an empty definitions directory.
  explicit Sandbox(std::string_view toml = "definitions = [\"definitions\"]\n");
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  const std::filesystem::path& directory() const { return directory_; }
  void write(const std::string& name, std::string_view text) const;
  std::string read(const std::string& name) const;
  bool exists(const std::string& name) const;
  // Publishes a plugin of the build; `as` renames the file.
  void add_plugin(const std::string& name, const std::string& as = {}) const;
  // What commands that are started from now on read; nothing at first.
  void set_input(std::string_view text) const;
  // The user's own file, in a place of this sandbox's; not there at first.
  std::filesystem::path user_settings() const;
  void write_user_settings(std::string_view text) const;
  // Waits until the file is there, at most as long as any test may take.
  bool wait_for(const std::string& name) const;

  CommandResult run(const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment = {}) const;
  RunningCommand start(const std::vector<std::string>& arguments,
                       const std::vector<std::string>& environment = {}) const;
  // Runs with --json and parses what is printed.
  Json json(std::vector<std::string> arguments) const;

 private:
  std::filesystem::path directory_;
  std::filesystem::path captures_;
  mutable int commands_ = 0;
};

// Runs any program to its end, through the shell, and returns what it prints.
std::string shell(const std::string& command);

}  // namespace partita::tests
