#include "execute/process_executor.hpp"

#include <poll.h>

#include <cerrno>

#include "execute/worker_process.hpp"

namespace partita {
namespace {

class ProcessExecutor final : public Executor {
 public:
  ProcessExecutor(ProcessExecutorOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock), workers_(options_.workers) {}

  std::size_t slots() const override { return workers_.size(); }

  Status submit(Task task) override {
    for (auto& worker : workers_) {
      if (worker && !worker->is_idle()) continue;
      if (!worker) {
        Result<std::unique_ptr<WorkerProcess>> started = WorkerProcess::start(options_, ++started_);
        if (!started) return std::move(started).error();
        worker = *std::move(started);
      }
      // A worker that died while idle cannot be written to: wait() finds that it ended and reports
      // it.
      (void)worker->run(std::move(task), clock_.now_micros());
      return {};
    }
    return Error{ErrorCode::internal, "submit a task: every worker is busy", {}};
  }

  Status wait(int timeout_millis, ExecutorClient& client) override {
    std::vector<pollfd> polled;
    for (const auto& worker : workers_) {
      polled.push_back({worker ? worker->channel() : -1, POLLIN, 0});
      polled.push_back({worker ? worker->notice() : -1, POLLIN, 0});
    }
    const int ready = ::poll(polled.data(), polled.size(), timeout_millis);
    if (ready < 0 && errno != EINTR) return io_error("wait for the workers");
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      if (!workers_[i]) continue;
      const bool spoke = ready > 0 && polled[2 * i].revents != 0;
      const bool ended = ready > 0 && polled[2 * i + 1].revents != 0;
      serve(workers_[i], spoke, ended, client);
    }
    return {};
  }

  void cancel() override {
    for (auto& worker : workers_) {
      if (worker) worker->cancel();
    }
  }

  void kill() override {
    for (auto& worker : workers_) {
      if (worker) worker->kill();
    }
  }

 private:
  void serve(std::unique_ptr<WorkerProcess>& worker, bool spoke, bool ended,
             ExecutorClient& client) {
    const bool was_busy = !worker->is_idle();
    if (spoke || ended) worker->receive(client);
    if (was_busy && !worker->is_idle()) worker->follow_output(client);
    if (ended) worker->ended(client, clock_.now_micros());
    const bool worn = options_.fresh_process && was_busy && worker->is_idle();
    if (ended || worn) worker.reset();
  }

  ProcessExecutorOptions options_;
  const Clock& clock_;
  std::vector<std::unique_ptr<WorkerProcess>> workers_;
  int started_ = 0;
};

}  // namespace

std::unique_ptr<Executor> make_process_executor(ProcessExecutorOptions options,
                                                const Clock& clock) {
  return std::make_unique<ProcessExecutor>(std::move(options), clock);
}

}  // namespace partita
