// What `doctor` looks at, part by part. Each adds a line for each thing it looked at.
#pragma once

#include "service/doctor.hpp"
#include "store/store.hpp"

namespace partita {

class HealthChecks {
 public:
  void ok(std::string name, std::string text) { add(std::move(name), State::ok, std::move(text)); }
  void warn(std::string name, std::string text, std::string hint) {
    add(std::move(name), State::warning, std::move(text), std::move(hint));
  }
  void problem(std::string name, std::string text, std::string hint = {}) {
    add(std::move(name), State::problem, std::move(text), std::move(hint));
  }
  void problem(std::string name, const Error& error) {
    problem(std::move(name), error.message, error.hint);
  }
  void not_looked_at(std::string name, const std::string& why, std::string hint = {}) {
    warn(std::move(name), "not looked at: " + why, std::move(hint));
  }

  std::vector<HealthCheck> take() { return std::move(checks_); }

 private:
  using State = HealthCheck::State;
  void add(std::string name, State state, std::string text, std::string hint = {}) {
    checks_.push_back({std::move(name), state, std::move(text), std::move(hint)});
  }
  std::vector<HealthCheck> checks_;
};

// The contract with plugins, tools, limits, time zones.
void check_installation(HealthChecks& checks);
// Whether the file system of the state directory does what the project rests on.
void check_file_system(const Settings& settings, HealthChecks& checks);
// The definitions directories, and whether what is in them loads.
void check_definitions(const Settings& settings, Zygote* zygote, HealthChecks& checks);
// The store's file, runs and outputs in it that are neither under way nor done with, copies of
// plugins.
void check_store(const Settings& settings, HealthChecks& checks);
// Whether outputs that were published are still there.
void check_published(const Settings& settings, Store& store, HealthChecks& checks);
// Processes that are at work in the project, and what those that died have left. Removes what an
// earlier look that was killed has left.
void check_state_directory(const Settings& settings, HealthChecks& checks);

std::int64_t size_of_tree(const Path& root);

// How the directories are called in which doctor tries what the file system can do, in the state
// directory and, where there is none yet, beside it.
inline constexpr const char* kProbeInState = "doctor-";
inline constexpr const char* kProbeInProject = ".partita-doctor-";

}  // namespace partita
