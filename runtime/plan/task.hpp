// A Task: one attempt at one partition, with all that the process that runs it must know.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "partitions/space.hpp"

namespace partita {

struct TaskKey {
  std::string dimension;  // empty for the one dimension of a one-dimensional asset
  std::string key;
  std::optional<Window> window;
};

struct TaskCheck {
  std::string name;
  bool blocking = false;
  bool warning = false;  // its severity
};

// What all tasks of one asset have in common. Immutable; the tasks share it.
struct TaskAsset {
  std::int64_t number = 0;  // unique in its run
  std::string key;
  std::string plugin;  // the id of the plugin that declares it
  std::vector<std::string> deps;
  std::vector<TaskCheck> checks;
};

struct Task {
  std::int64_t id = 0;  // unique in its run
  int attempt = 1;
  std::shared_ptr<const TaskAsset> asset;
  std::string partition;  // the key; empty where the asset is not partitioned
  std::vector<TaskKey> keys;
};

}  // namespace partita
