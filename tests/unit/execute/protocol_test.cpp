#include "execute/protocol.hpp"

#include <doctest/doctest.h>

using namespace partita;

namespace {

TaskMessage sample_task() {
  TaskMessage message{5, 2, {}};
  message.task.id = 7;
  message.task.partition = "Books|2024-01-01";
  message.task.keys = {{"category", "Books", std::nullopt},
                       {"month", "2024-01-01", Window{10, 20}}};
  message.task.parts = {{"a", {{"", "a", std::nullopt}}}, {"b", {}}};
  return message;
}

TaskResult sample_result() {
  TaskResult result;
  result.id = 7;
  result.status = TaskResult::Status::failed;
  result.failure = TaskFailure{"signal", 11, "SIGSEGV", "#0", TaskUsage{0.5, 0.25, 4096}};
  result.metadata = {{"rows", Json::object().set("kind", "int").set("value", 3)}};
  result.checks = {{"no_gaps", true, false, true, false, "gap", {}}};
  result.started = 1;
  result.finished = -2;
  return result;
}

}  // namespace

TEST_CASE("a task is read back as it was sent") {
  const Result<HostMessage> back = decode_host_message(encode(HostMessage(sample_task())));
  REQUIRE(back);
  const auto& message = std::get<TaskMessage>(*back);
  CHECK(message.sequence == 5);
  CHECK(message.asset == 2);
  CHECK(message.task.partition == "Books|2024-01-01");
  CHECK(message.task.keys.at(1).window == Window{10, 20});
  CHECK_FALSE(message.task.keys.at(0).window);
  REQUIRE(message.task.parts.size() == 2);
  CHECK(message.task.parts[0].keys.at(0).key == "a");
  CHECK(message.task.parts[1].partition == "b");
}

TEST_CASE("what the tasks of an asset have in common is read back as it was sent") {
  const TaskAsset asset{2, "sales", "shop", {"orders"}, {{"no_gaps", true, false}}, {1.5, 2, 3}};
  const Result<HostMessage> back = decode_host_message(encode(HostMessage(asset)));
  REQUIRE(back);
  CHECK(std::get<TaskAsset>(*back).number == 2);
  CHECK(std::get<TaskAsset>(*back).deps.at(0) == "orders");
  CHECK(std::get<TaskAsset>(*back).checks.at(0).blocking);
  CHECK(std::get<TaskAsset>(*back).limits.seconds == 1.5);
  CHECK(std::get<TaskAsset>(*back).limits.memory_bytes == 3);
}

TEST_CASE("a result is read back as it was sent") {
  const Result<WorkerMessage> back =
      decode_worker_message(encode(WorkerMessage(ResultMessage{9, sample_result()})));
  REQUIRE(back);
  CHECK(std::get<ResultMessage>(*back).printed == 9);
  const TaskResult& result = std::get<ResultMessage>(*back).result;
  CHECK(result.failure->signal == 11);
  CHECK(result.failure->usage->system_seconds == 0.25);
  CHECK(result.metadata == sample_result().metadata);
  CHECK(result.checks.at(0).reason == "gap");
  CHECK(result.finished == -2);
}

TEST_CASE("what a check came to is read back as it was sent") {
  const CheckedMessage sent{{"no_gaps", false, false, true, true, "gap", sample_result().metadata}};
  const Result<WorkerMessage> back = decode_worker_message(encode(WorkerMessage(sent)));
  REQUIRE(back);
  const TaskCheckResult& check = std::get<CheckedMessage>(*back).result;
  CHECK(check.name == "no_gaps");
  CHECK_FALSE(check.ran);
  CHECK(check.warning);
  CHECK(check.metadata == sample_result().metadata);
}

TEST_CASE("every cut of a message, and one that goes on, is refused") {
  const std::string bytes = encode(HostMessage(sample_task()));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_FALSE(decode_host_message(std::string_view(bytes).substr(0, length)));
  }
  CHECK_FALSE(decode_host_message(bytes + "x"));
}

TEST_CASE("settings are read back as they were written") {
  TaskSettings settings;
  settings.plugins["shop"] = {"/store/shop.so", "abc"};
  settings.config = Json::object().set("*", Json::object().set("x", 1));
  settings.resources = Json::object();
  settings.project_directory = "/p";
  settings.run = 3;
  settings.staging = "/s/3";
  const TaskSettings back = settings_from_json(to_json(settings));
  CHECK(back.plugins.at("shop").path == "/store/shop.so");
  CHECK(back.config == settings.config);
  CHECK(back.project_directory == "/p");
  CHECK(back.run == 3);
  CHECK(back.staging == "/s/3");
}
