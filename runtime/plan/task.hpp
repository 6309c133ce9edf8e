// A Task: one attempt at one partition, with all that the process that runs it must know.
#pragma once

#include <cstdint>
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

struct Task {
  std::int64_t id = 0;  // unique in its run
  std::int64_t run = 0;
  int attempt = 1;
  std::string asset;
  std::string partition;  // the key; empty where the asset is not partitioned
  std::vector<TaskKey> keys;
  std::vector<std::string> deps;
  std::vector<TaskCheck> checks;
  std::string plugin;     // the id of the plugin that declares the asset
  std::string staging;    // where its output directory is made, should it ask for one
  std::string temporary;  // removed after the attempt
};

}  // namespace partita
