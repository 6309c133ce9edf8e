// The messages between the host and a worker process, in frames: over a socket to the worker,
// through a SharedRing from it.
//
// Host to worker: an asset before its first task, tasks, input (an answer). Worker to host: result,
// decided, checked, log, progress, input_request. A worker that reads the end of the stream exits.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "execute/executor.hpp"

namespace partita {

struct TaskMessage {
  std::int64_t sequence = 0;  // in TaskClaims
  std::int64_t asset = 0;     // TaskAsset::number
  Task task;                  // without its asset
};
struct InputRequest {
  int part = -1;  // of a batch; -1: of all of it
  std::string asset;
};
struct InputAnswer {
  InputData data;
  std::string refused;  // not empty: the host could not answer, and why
};
// `printed` is the length of the worker's output file at the time: what the task printed ends
// there.
struct ResultMessage {
  std::int64_t printed = 0;
  TaskResult result;
};
// One partition of the batch that runs is decided.
struct DecidedMessage {
  std::int64_t printed = 0;
  TaskResult result;
};
// What a check came to that others follow; the result is without those that were told.
struct CheckedMessage {
  TaskCheckResult result;
};
struct LogMessage {
  std::int64_t printed = 0;
  int level = 0;
  std::string text;
};
struct ProgressMessage {
  double fraction = 0;
  std::string text;
};

using WorkerMessage = std::variant<ResultMessage, LogMessage, ProgressMessage, InputRequest,
                                   DecidedMessage, CheckedMessage>;
using HostMessage = std::variant<TaskMessage, TaskAsset, InputAnswer>;

std::string encode(const WorkerMessage& message);
std::string encode(const HostMessage& message);
Result<WorkerMessage> decode_worker_message(std::string_view bytes);
Result<HostMessage> decode_host_message(std::string_view bytes);

Json to_json(const TaskSettings& settings);
TaskSettings settings_from_json(const Json& json);

}  // namespace partita
