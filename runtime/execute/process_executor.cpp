#include "execute/process_executor.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "execute/task_queue.hpp"
#include "execute/worker_process.hpp"

namespace partita {
namespace {

// A worker is dealt as many tasks ahead as it is expected to do within this time.
constexpr double kDealtAheadMicros = 10'000;
constexpr std::size_t kMostDealt = 256;
// How much of the typical duration one more task leaves as it was.
constexpr double kDurationInertia = 0.8;
// Workers in a row that ended before they began a task.
constexpr int kMostBarren = 3;

// Deaths in a row without a success between, before a new worker is waited for, and how long.
constexpr int kFreeDeaths = 10;
constexpr std::int64_t kShortestPauseMicros = 10'000;
constexpr std::int64_t kLongestPauseMicros = 1'000'000;
// A pause from which on people are told.
constexpr std::int64_t kToldPauseMicros = 100'000;

// Workers stand in pairs: one of the two runs. The second forks a process for each task.
enum class Kind : std::size_t { shared = 0, forking = 1 };

class ProcessExecutor final : public Executor {
 public:
  ProcessExecutor(ProcessExecutorOptions options, Descriptor waker, const Clock& clock)
      : options_(std::move(options)),
        waker_(std::move(waker)),
        clock_(clock),
        workers_(2 * options_.workers) {}

  std::size_t capacity() const override { return workers_.size() * kMostDealt; }

  Status submit(Task task) override {
    const bool forked = options_.process_per_task || task.asset->process_per_task;
    queue_of(forked ? Kind::forking : Kind::shared).push_back(std::move(task));
    return {};
  }

  Status wait(int timeout_millis, ExecutorClient& client) override {
    if (Status dealt = deal(); !dealt) return dealt;
    std::vector<pollfd> polled{{waker_.get(), POLLIN, 0}};
    for (const auto& worker : workers_) {
      const short wanted = worker && worker->has_unsent() ? POLLIN | POLLOUT : POLLIN;
      polled.push_back({worker ? worker->channel() : -1, wanted, 0});
      polled.push_back({worker ? worker->notice() : -1, POLLIN, 0});
    }
    const int ready =
        ::poll(polled.data(), polled.size(), may_wait() ? shortened(timeout_millis) : 0);
    if (ready < 0 && errno != EINTR) return io_error("wait for the workers");
    if (ready > 0 && polled[0].revents != 0) clear_waker();
    Measured measured(*this, client);
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      if (!workers_[i]) continue;
      const bool rang = ready > 0 && polled[2 * i + 1].revents != 0;
      const bool ended = ready > 0 && polled[2 * i + 2].revents != 0;
      if (Status served = serve(workers_[i], rang || workers_[i]->has_spoken(), ended, measured);
          !served)
        return served;
    }
    return {};
  }

  void wake() override {
    const std::uint64_t one = 1;
    (void)!::write(waker_.get(), &one, sizeof one);
  }

  std::vector<std::int64_t> recall() override {
    std::vector<std::int64_t> ids;
    for (TaskQueue& queue : queues_) queue.take_ids(ids);
    for (auto& worker : workers_) {
      if (!worker) continue;
      for (const Task& task : worker->take_back(kMostDealt)) ids.push_back(task.id);
    }
    return ids;
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
  // Passes news on, and notes how long tasks take and that some succeed.
  class Measured final : public ExecutorClient {
   public:
    Measured(ProcessExecutor& executor, ExecutorClient& client)
        : executor_(executor), client_(client) {}
    void started(std::int64_t task) override { client_.started(task); }
    void finished(TaskResult result) override {
      executor_.note_duration(result.finished - result.started);
      if (!result.failure) executor_.deaths_ = 0;
      client_.finished(std::move(result));
    }
    void decided(std::int64_t task, TaskResult result) override {
      client_.decided(task, std::move(result));
    }
    void progressed(std::int64_t task, double fraction, std::string_view text) override {
      client_.progressed(task, fraction, text);
    }
    void printed(std::int64_t task, std::string_view line) override { client_.printed(task, line); }
    Result<InputData> input(std::int64_t task, int part, std::string_view asset) override {
      return client_.input(task, part, asset);
    }
    void noticed(std::string_view text) override { client_.noticed(text); }

   private:
    ProcessExecutor& executor_;
    ExecutorClient& client_;
  };

  // Not where a worker has spoken already: it rings only for somebody who waits.
  bool may_wait() {
    bool quiet = true;
    for (auto& worker : workers_) {
      if (worker && !worker->may_be_waited_for()) quiet = false;
    }
    return quiet;
  }

  void clear_waker() {
    std::uint64_t count = 0;
    (void)!::read(waker_.get(), &count, sizeof count);
  }

  void note_duration(std::int64_t micros) {
    typical_micros_ =
        kDurationInertia * typical_micros_ + (1 - kDurationInertia) * static_cast<double>(micros);
  }

  static Kind kind_of(std::size_t worker) { return static_cast<Kind>(worker % 2); }
  TaskQueue& queue_of(Kind kind) { return queues_[static_cast<std::size_t>(kind)]; }

  // Until a limit has to be enforced, or a worker may be started.
  int shortened(int timeout_millis) {
    const std::int64_t now = clock_.monotonic_micros();
    std::int64_t until = now + std::int64_t{timeout_millis} * 1000;
    for (auto& worker : workers_) {
      const auto limit = worker ? worker->enforce_limit(now) : std::nullopt;
      if (limit) until = std::min(until, *limit);
    }
    if (not_before_ > now) until = std::min(until, not_before_);
    return static_cast<int>((until - now + 999) / 1000);
  }

  // With the one that runs. A task in a process of its own reads the worker's channel when it asks
  // for an input: nothing else may be on the way there.
  std::size_t depth() const {
    const double ahead = kDealtAheadMicros / (typical_micros_ + 1);
    return 1 + static_cast<std::size_t>(std::clamp(ahead, 1.0, double{kMostDealt - 1}));
  }

  // An idle worker comes before one that would be dealt ahead.
  Status deal() {
    if (Status first = deal_to(1); !first) return first;
    if (queue_of(Kind::shared).empty()) even_out();
    if (Status ahead = deal_to(depth()); !ahead) return ahead;
    for (auto& worker : workers_) {
      if (worker) worker->flush();
    }
    return {};
  }

  Status deal_to(std::size_t depth) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      const bool forking = kind_of(i) == Kind::forking;
      if (queue_of(kind_of(i)).empty() || !is_idle(i ^ 1U)) continue;
      if (Status dealt = deal_to(i, forking ? 1 : depth); !dealt) return dealt;
    }
    return {};
  }

  bool is_idle(std::size_t i) const { return !workers_[i] || workers_[i]->is_idle(); }

  Status deal_to(std::size_t i, std::size_t depth) {
    std::unique_ptr<WorkerProcess>& worker = workers_[i];
    if (!worker && clock_.monotonic_micros() < not_before_) return {};
    if (!worker) {
      auto started = WorkerProcess::start(options_, kind_of(i) == Kind::forking, ++started_);
      if (!started) return std::move(started).error();
      worker = *std::move(started);
    }
    TaskQueue& queue = queue_of(kind_of(i));
    while (!queue.empty() && worker->under_way() < depth && worker->accepts()) {
      const bool wants_alone = queue.front().asset->limits.seconds > 0;
      if (worker->is_alone() || (wants_alone && !worker->is_idle())) return {};
      if (Status dealt = worker->deal(queue.pop_front(), clock_.now_micros()); !dealt) return dealt;
    }
    return {};
  }

  // Where a worker has nothing to do, it gets half of what another was dealt ahead.
  void even_out() {
    for (std::size_t i = 0; i < workers_.size(); i += 2) {
      if (!is_idle(i) || !is_idle(i + 1)) continue;
      const auto busiest =
          std::max_element(workers_.begin(), workers_.end(), [](const auto& a, const auto& b) {
            return (a ? a->under_way() : 0) < (b ? b->under_way() : 0);
          });
      if (!*busiest || (*busiest)->under_way() < 2) return;
      for (Task& task : (*busiest)->take_back((*busiest)->under_way() / 2))
        queue_of(Kind::shared).push_back(std::move(task));
      return;
    }
  }

  Status serve(std::unique_ptr<WorkerProcess>& worker, bool spoke, bool ended,
               ExecutorClient& client) {
    const std::int64_t now = clock_.now_micros();
    if (spoke) worker->receive(client, now);
    if (ended) return bury(worker, client);
    worker->follow(client);
    return {};
  }

  // What a worker that has ended did not begin goes to others.
  Status bury(std::unique_ptr<WorkerProcess>& worker, ExecutorClient& client) {
    std::vector<Task> left = worker->ended(client, crashes_, clock_.now_micros());
    barren_ = worker->has_finished_any() ? 0 : barren_ + 1;
    if (worker->has_died()) pause_after(++deaths_, client);
    worker.reset();
    if (barren_ >= kMostBarren)
      return Error{ErrorCode::internal, "start a worker: it ends before it begins a task", {}};
    for (auto task = left.rbegin(); task != left.rend(); ++task) {
      const bool forked = options_.process_per_task || task->asset->process_per_task;
      queue_of(forked ? Kind::forking : Kind::shared).push_front(std::move(*task));
    }
    return {};
  }

  // Workers that keep dying are not started as fast as they die.
  void pause_after(int deaths, ExecutorClient& client) {
    if (deaths <= kFreeDeaths) return;
    const int doublings = std::min(deaths - kFreeDeaths - 1, 20);
    const std::int64_t pause = std::min(kShortestPauseMicros << doublings, kLongestPauseMicros);
    not_before_ = clock_.monotonic_micros() + pause;
    if (pause < kToldPauseMicros || kShortestPauseMicros << (doublings - 1) >= kToldPauseMicros)
      return;
    client.noticed(
        fmt::format("{} worker processes in a row have died: new ones start slowly, "
                    "until a partition succeeds",
                    deaths));
  }

  ProcessExecutorOptions options_;
  Descriptor waker_;
  const Clock& clock_;
  std::vector<std::unique_ptr<WorkerProcess>> workers_;  // in pairs, see Kind
  CrashReader crashes_;
  std::array<TaskQueue, 2> queues_;  // not dealt yet, by kind
  double typical_micros_ = kDealtAheadMicros;
  int started_ = 0;
  int barren_ = 0;
  int deaths_ = 0;               // in a row
  std::int64_t not_before_ = 0;  // no worker is started, in monotonic microseconds
};

}  // namespace

Result<std::unique_ptr<Executor>> make_process_executor(ProcessExecutorOptions options,
                                                        const Clock& clock) {
  Descriptor waker(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!waker.is_open()) return io_error("create an event descriptor");
  return std::unique_ptr<Executor>(
      std::make_unique<ProcessExecutor>(std::move(options), std::move(waker), clock));
}

}  // namespace partita
