#include "execute/protocol.hpp"

#include <doctest/doctest.h>

using namespace partita;

namespace {

Task sample_task() {
  Task task;
  task.id = 7;
  task.run = 3;
  task.asset = "sales";
  task.partition = "Books|2024-01-01";
  task.keys = {{"category", "Books", std::nullopt}, {"month", "2024-01-01", Window{10, 20}}};
  task.deps = {"orders"};
  task.checks = {{"no_gaps", true, false}};
  task.plugin = "shop";
  task.staging = "/s";
  task.temporary = "/t";
  return task;
}

TaskResult sample_result() {
  TaskResult result;
  result.id = 7;
  result.status = TaskResult::Status::failed;
  result.failure = TaskFailure{"signal", 11, "SIGSEGV", "#0"};
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
  const auto& task = std::get<Task>(*back);
  CHECK(task.partition == "Books|2024-01-01");
  CHECK(task.keys.at(1).window == Window{10, 20});
  CHECK_FALSE(task.keys.at(0).window);
  CHECK(task.checks.at(0).blocking);
  CHECK(task.temporary == "/t");
}

TEST_CASE("a result is read back as it was sent") {
  const Result<WorkerMessage> back = decode_worker_message(encode(WorkerMessage(sample_result())));
  REQUIRE(back);
  const auto& result = std::get<TaskResult>(*back);
  CHECK(result.failure->signal == 11);
  CHECK(result.metadata == sample_result().metadata);
  CHECK(result.checks.at(0).reason == "gap");
  CHECK(result.finished == -2);
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
  const TaskSettings back = settings_from_json(to_json(settings));
  CHECK(back.plugins.at("shop").path == "/store/shop.so");
  CHECK(back.config == settings.config);
  CHECK(back.project_directory == "/p");
}
