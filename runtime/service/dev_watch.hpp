// What `partita dev` waits for, and the build that it runs in between. One thread, one at a time
// for a project.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "service/settings.hpp"

namespace partita {

enum class DevNews {
  sources,      // a source has changed: build
  definitions,  // a plugin has changed: reload
  reloaded,     // another process has reloaded
  interrupted,
};

class DevWatch {
 public:
  // Refused where a dev runs already. From then on other commands leave changed definitions to it.
  static Result<std::unique_ptr<DevWatch>> start(const Settings& settings);
  ~DevWatch();
  DevWatch(const DevWatch&) = delete;
  DevWatch& operator=(const DevWatch&) = delete;

  // Blocks until there are news that are quiet. `interrupts` counts signals.
  DevNews wait(const std::atomic<int>& interrupts);

 private:
  struct State;
  explicit DevWatch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct BuildOutcome {
  bool ok = false;
  bool interrupted = false;
  std::string output;  // of a build that failed
};

// The project's build command, to its end. An interrupt ends it and all that it started.
Result<BuildOutcome> run_build(const Settings& settings, const std::atomic<int>& interrupts);

}  // namespace partita
