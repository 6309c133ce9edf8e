// Reloads while tasks of earlier generations run, in one process.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <deque>
#include <fstream>
#include <optional>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "execute/process_executor.hpp"
#include "execute/worker.hpp"
#include "plugin/plugin_note.hpp"
#include "support/own_process.hpp"
#include "unit/definitions/definitions_directory.hpp"

using namespace partita;
using tests::open_descriptors;
using tests::resident_bytes;

namespace {

constexpr std::size_t kOverlapping = 8;

class Listener final : public ExecutorClient {
 public:
  void started(std::int64_t) override { begun = true; }
  void finished(TaskResult end) override { result = std::move(end); }
  void progressed(std::int64_t, double, std::string_view) override {}
  void printed(std::int64_t, std::string_view) override {}
  Result<InputData> input(std::int64_t, int, std::string_view) override { return InputData{}; }
  void decided(std::int64_t, TaskResult) override {}
  void noticed(std::string_view) override {}

  bool begun = false;
  std::optional<TaskResult> result;
};

// A task of one generation, in a worker of its own, that waits until it is released.
class TaskInFlight {
 public:
  TaskInFlight(const Catalog& catalog, Zygote& zygote, const Path& directory)
      : directory_(directory) {
    REQUIRE(make_directories(directory));
    REQUIRE(::mkfifo((directory / "release").c_str(), 0600) == 0);
    release_.reset(::open((directory / "release").c_str(), O_RDWR | O_CLOEXEC));
    const PluginRecord& plugin = catalog.plugins.at(0);
    ProcessExecutorOptions options;
    options.zygote = &zygote;
    options.scratch = directory;
    options.settings.plugins[plugin.id] = {plugin.stored.string(), plugin.load_hash};
    options.settings.project_directory = directory.string();
    executor_ = make_process_executor(std::move(options), system_clock()).value();
    Task task;
    task.asset = std::make_shared<const TaskAsset>(TaskAsset{1, "told", plugin.id, {}, {}, {}});
    REQUIRE(executor_->submit(std::move(task)));
    while (!listener_.begun) REQUIRE(executor_->wait(1, listener_));
  }

  // The generation that it says it is of.
  std::string finish() {
    CHECK_FALSE(listener_.result.has_value());
    REQUIRE(::write(release_.get(), "go", 2) == 2);
    while (!listener_.result) REQUIRE(executor_->wait(-1, listener_));
    executor_.reset();
    REQUIRE(remove_tree(directory_));
    REQUIRE(listener_.result->status == TaskResult::Status::materialized);
    return listener_.result->metadata.at(0).second["value"].as_string();
  }

 private:
  Path directory_;
  Descriptor release_;  // a FIFO, with both ends
  Listener listener_;
  std::unique_ptr<Executor> executor_;
};

std::string name_of_generation(int number) {
  return fmt::format("generation {:06}", number);
}

class Generations {
 public:
  void reload_and_run(int from, int to) {
    for (int number = from; number < to; ++number) {
      publish(number);
      const Catalog& catalog = directory_.reload();
      REQUIRE(catalog.asset("told")->code_version == name_of_generation(number));
      const Path own = directory_.path("../tasks") / std::to_string(number);
      in_flight_.emplace_back(
          number, std::make_unique<TaskInFlight>(catalog, *directory_.options.zygote, own));
      if (in_flight_.size() > kOverlapping) finish_oldest();
    }
  }

  void finish_all() {
    while (!in_flight_.empty()) finish_oldest();
  }

  std::int64_t generation() const { return directory_.catalog->generation; }

 private:
  void publish(int number) const {
    std::string bytes = bytes_;
    bytes.replace(at_, name_of_generation(0).size(), name_of_generation(number));
    directory_.write(".staged", bytes);
    std::filesystem::rename(directory_.path(".staged"), directory_.path("x.so"));
  }

  void finish_oldest() {
    CHECK(in_flight_.front().second->finish() == name_of_generation(in_flight_.front().first));
    in_flight_.pop_front();
  }

  DefinitionsDirectory directory_{{{kWorkerRole, worker_role}}};
  std::string bytes_ = read_file(DefinitionsDirectory::animal("tells_generation")).value();
  std::size_t at_ = bytes_.find(name_of_generation(0));
  std::deque<std::pair<int, std::unique_ptr<TaskInFlight>>> in_flight_;
};

// Of files: what the allocator maps comes and goes.
int mapped_files() {
  std::ifstream maps("/proc/self/maps");
  int count = 0;
  for (std::string line; std::getline(maps, line);) count += line.find('/') != std::string::npos;
  return count;
}

std::vector<std::string> children_of(const std::string& process) {
  std::ifstream file(fmt::format("/proc/{}/task/{}/children", process, process));
  std::vector<std::string> children;
  for (std::string child; file >> child;) children.push_back(child);
  return children;
}

// What the zygote has forked and not reaped.
std::vector<std::string> processes() {
  std::vector<std::string> all;
  for (const std::string& zygote : children_of(std::to_string(::getpid()))) {
    for (std::string& process : children_of(zygote)) all.push_back(std::move(process));
  }
  return all;
}

// Returns once the process has ended; at once if it is gone already.
void wait_for_end(const std::string& process) {
  const Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(process), 0)));
  if (!handle.is_open()) return;
  pollfd ended{handle.get(), POLLIN, 0};
  while (::poll(&ended, 1, -1) < 0) {
  }
}

}  // namespace

TEST_CASE("tasks of 300 overlapping generations each run their own code and leave nothing") {
  Generations generations;
  generations.reload_and_run(1, 51);
  CHECK(processes().size() >= kOverlapping);
  generations.finish_all();
  const std::int64_t memory = resident_bytes();
  const std::ptrdiff_t descriptors = open_descriptors();
  const int mappings = mapped_files();

  generations.reload_and_run(51, 301);
  generations.finish_all();
  CHECK(generations.generation() == 300);
  CHECK(open_descriptors() == descriptors);
  CHECK(mapped_files() == mappings);
  for (const std::string& process : processes()) wait_for_end(process);  // it was killed
  // A sanitizer keeps what was freed for a while.
  if (kHostSanitizers == 0) CHECK(resident_bytes() - memory < 1 << 20);
}
