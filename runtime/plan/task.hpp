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

// What a task may take; 0: no limit.
struct TaskLimits {
  double seconds = 0;
  double cpu_seconds = 0;
  std::int64_t memory_bytes = 0;  // beyond what its process has before it
};

// What all tasks of one asset have in common. Immutable; the tasks share it.
struct TaskAsset {
  std::int64_t number = 0;  // unique in its run
  std::string key;
  std::string plugin;  // the id of the plugin that declares it
  std::vector<std::string> deps;
  std::vector<TaskCheck> checks;
  TaskLimits limits = {};
  int priority = 0;               // higher ones run first
  bool needs_process = false;     // a worker process, also where the project has threads
  bool process_per_task = false;  // a process of its own
  bool checks_only = false;       // on what is materialized: its function is not called
};

// One partition of a batch, which has an id of its own.
struct TaskPart {
  std::string partition;
  std::vector<TaskKey> keys;
  std::vector<std::int64_t> reads = {};  // the parts that it reads, where the asset reads itself
};
constexpr std::int64_t part_id(std::int64_t task, std::int64_t position) {
  return task + 1 + position;
}
constexpr std::int64_t part_of(std::int64_t task, std::int64_t id) {
  return id - task - 1;
}

struct Task {
  std::int64_t id = 0;  // unique in its run, as those of its parts are
  int attempt = 1;
  std::shared_ptr<const TaskAsset> asset;
  std::string partition;  // the key; empty where the asset is not partitioned
  std::vector<TaskKey> keys;
  std::vector<TaskPart> parts;  // of an asset that takes batches; then the two above are empty
};

}  // namespace partita
