#include "execute/mixed_executor.hpp"

#include <utility>

namespace partita {
namespace {

class MixedExecutor final : public Executor {
 public:
  MixedExecutor(std::unique_ptr<Executor> processes, std::size_t threads, TaskSettings settings,
                const Clock& clock)
      : processes_(std::move(processes)),
        threads_(make_thread_executor(threads, std::move(settings), clock,
                                      [this] { processes_->wake(); })) {}

  std::size_t capacity() const override { return threads_->capacity(); }
  Status submit(Task task) override {
    return (task.asset->needs_process ? processes_ : threads_)->submit(std::move(task));
  }
  // The processes are waited for; news of the threads end that.
  Status wait(int timeout_millis, ExecutorClient& client) override {
    if (Status handed_out = threads_->wait(0, client); !handed_out) return handed_out;
    if (Status waited = processes_->wait(timeout_millis, client); !waited) return waited;
    return threads_->wait(0, client);
  }
  void wake() override { processes_->wake(); }
  std::vector<std::int64_t> recall() override {
    std::vector<std::int64_t> ids = threads_->recall();
    const std::vector<std::int64_t> more = processes_->recall();
    ids.insert(ids.end(), more.begin(), more.end());
    return ids;
  }
  void cancel() override {
    threads_->cancel();
    processes_->cancel();
  }
  void kill() override {
    threads_->kill();
    processes_->kill();
  }

 private:
  std::unique_ptr<Executor> processes_;
  std::unique_ptr<Executor> threads_;  // its threads wake the other: it ends first
};

}  // namespace

Result<std::unique_ptr<Executor>> make_mixed_executor(ProcessExecutorOptions options,
                                                      const Clock& clock) {
  const std::size_t threads = options.workers;
  TaskSettings settings = options.settings;
  Result<std::unique_ptr<Executor>> processes = make_process_executor(std::move(options), clock);
  if (!processes) return std::move(processes).error();
  return std::unique_ptr<Executor>(
      std::make_unique<MixedExecutor>(*std::move(processes), threads, std::move(settings), clock));
}

}  // namespace partita
