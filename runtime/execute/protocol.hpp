// The messages between the host and a worker process, in frames over a socket.
//
// Host to worker: task, input (an answer), cancel. Worker to host: result, log, progress,
// input_request. A worker that reads the end of the stream exits.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "execute/executor.hpp"

namespace partita {

struct CancelMessage {};
struct InputRequest {
  std::string asset;
};
struct InputAnswer {
  InputData data;
  std::string refused;  // not empty: the host could not answer, and why
};
struct LogMessage {
  int level = 0;
  std::string text;
};
struct ProgressMessage {
  double fraction = 0;
  std::string text;
};

using WorkerMessage = std::variant<TaskResult, LogMessage, ProgressMessage, InputRequest>;
using HostMessage = std::variant<Task, InputAnswer, CancelMessage>;

std::string encode(const WorkerMessage& message);
std::string encode(const HostMessage& message);
Result<WorkerMessage> decode_worker_message(std::string_view bytes);
Result<HostMessage> decode_host_message(std::string_view bytes);

Json to_json(const TaskSettings& settings);
TaskSettings settings_from_json(const Json& json);

}  // namespace partita
