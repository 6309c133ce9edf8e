#include "execute/thread_executor.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

#include "execute/captured_log.hpp"
#include "execute/task_queue.hpp"
#include "execute/task_run.hpp"
#include "execute/usage_meter.hpp"

namespace partita {
namespace {

// A question from a task's thread, answered on the scheduler's.
struct InputQuestion {
  std::int64_t task = 0;
  int part = -1;
  std::string asset;
  std::optional<Result<InputData>> answer;
};

struct ProgressNews {
  std::int64_t task = 0;
  double fraction = 0;
  std::string text;
};
struct PrintedNews {
  std::int64_t task = 0;
  std::string line;
};
struct DecidedNews {
  std::int64_t task = 0;
  TaskResult result;
};
using News = std::variant<TaskResult, ProgressNews, PrintedNews, DecidedNews, InputQuestion*>;

// The plugins of this process, each loaded once.
class PluginTable {
 public:
  explicit PluginTable(const TaskSettings& settings) : settings_(settings) {}

  Result<const LoadedPlugin*> get(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    if (const auto at = loaded_.find(id); at != loaded_.end()) return at->second.get();
    const auto file = settings_.plugins.find(id);
    if (file == settings_.plugins.end())
      return Error{ErrorCode::internal, "find plugin `" + id + "`", {}};
    auto opened = LoadedPlugin::open_to_run(file->second.path);
    if (!opened) return std::move(opened).error();
    return loaded_.emplace(id, *std::move(opened)).first->second.get();
  }

 private:
  const TaskSettings& settings_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<LoadedPlugin>> loaded_;
};

constexpr std::size_t kQueuedPerThread = 256;

// While more results are coming the scheduler lets some gather: a wake-up costs more than a short
// task.
constexpr std::size_t kNewsAtOnce = 256;
constexpr std::chrono::microseconds kGatherTime{500};

class ThreadExecutor final : public Executor {
 public:
  ThreadExecutor(std::size_t threads, TaskSettings settings, const Clock& clock,
                 std::function<void()> on_news)
      : settings_(std::move(settings)),
        clock_(clock),
        on_news_(std::move(on_news)),
        plugins_(settings_) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }

  ~ThreadExecutor() override {
    cancel();
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    work_there_.notify_all();
    answered_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  std::size_t capacity() const override { return threads_.size() * kQueuedPerThread; }

  Status submit(Task task) override {
    submitted_.push_back(std::move(task));
    return {};
  }

  Status wait(int timeout_millis, ExecutorClient& client) override {
    std::vector<std::int64_t> begun;
    std::deque<News> news;
    {
      std::unique_lock lock(mutex_);
      hand_out();
      news_there_.wait_for(lock, std::chrono::milliseconds(timeout_millis),
                           [&] { return woken_ || !news_.empty(); });
      news_there_.wait_for(lock, kGatherTime, [&] { return woken_ || news_are_due(); });
      woken_ = false;
      begun.swap(begun_);
      news.swap(news_);
    }
    for (const std::int64_t task : begun) client.started(task);
    for (News& one : news) deliver(one, client);
    return {};
  }

  void wake() override {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
    news_there_.notify_one();
  }

  std::vector<std::int64_t> recall() override {
    std::vector<std::int64_t> ids;
    const std::scoped_lock lock(mutex_);
    ids.reserve(tasks_.size() + submitted_.size());
    tasks_.take_ids(ids);
    for (const Task& task : submitted_) ids.push_back(task.id);
    submitted_.clear();
    return ids;
  }

  void cancel() override { cancelled_.store(true); }
  void kill() override { cancel(); }  // a thread cannot be ended from outside

 private:
  class Link final : public TaskLink {
   public:
    Link(ThreadExecutor& executor, std::int64_t task) : executor_(executor), task_(task) {}
    void log(int level, std::string_view text) override {
      const std::string line = format_log_line(level, text);
      log_.add_line(line);
      executor_.tell(PrintedNews{task_, line});
    }
    void progress(double fraction, std::string_view text) override {
      executor_.tell(ProgressNews{task_, fraction, std::string(text)});
    }
    bool cancelled() override { return executor_.cancelled_.load(std::memory_order_relaxed); }
    Result<InputData> input(int part, std::string_view asset) override {
      return executor_.ask(task_, part, asset);
    }
    void decided(TaskResult result) override {
      result.log = log_.take();
      executor_.tell(DecidedNews{task_, std::move(result)});
    }
    std::string take_log() { return log_.take(); }

   private:
    ThreadExecutor& executor_;
    std::int64_t task_;
    CapturedLog log_;
  };

  void work() {
    UsageMeter meter(RUSAGE_THREAD);
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      work_there_.wait(lock, [&] { return stopping_ || !tasks_.empty(); });
      --idle_;
      if (stopping_) return;
      const Task task = tasks_.pop_front();
      begun_.push_back(task.id);
      lock.unlock();
      TaskResult result = run(task, meter);
      lock.lock();
      add(std::move(result));
    }
  }

  // Under the lock.
  void hand_out() {
    if (submitted_.empty()) return;
    const std::size_t woken = std::min(idle_, submitted_.size());
    for (Task& task : submitted_) tasks_.push_back(std::move(task));
    submitted_.clear();
    for (std::size_t i = 0; i < woken; ++i) work_there_.notify_one();
  }

  // Results may gather while there is more to do; a question is answered at once.
  bool news_are_due() const { return tasks_.empty() || news_.size() >= kNewsAtOnce || asked_ > 0; }

  // Under the lock.
  template <class One>
  void add(One one) {
    news_.emplace_back(std::move(one));
    if (news_.size() > 1 && !news_are_due()) return;
    news_there_.notify_one();
    on_news_();
  }

  TaskResult run(const Task& task, UsageMeter& meter) {
    Result<const LoadedPlugin*> plugin = plugins_.get(task.asset->plugin);
    if (!plugin) return not_loaded(task, plugin.error());
    Link link(*this, task.id);
    meter.begin(clock_.monotonic_micros());
    TaskResult result = run_task(task, **plugin, settings_, link, clock_);
    result.log = link.take_log();
    if (result.failure) result.failure->usage = meter.taken();
    return result;
  }

  TaskResult not_loaded(const Task& task, const Error& error) const {
    TaskResult result;
    result.id = task.id;
    result.started = result.finished = clock_.now_micros();
    result.failure =
        TaskFailure{"worker", 0, "load plugin `" + task.asset->plugin + "`: " + error.message, {}};
    return result;
  }

  template <class One>
  void tell(One one) {
    const std::scoped_lock lock(mutex_);
    add(std::move(one));
  }

  Result<InputData> ask(std::int64_t task, int part, std::string_view asset) {
    InputQuestion question{task, part, std::string(asset), std::nullopt};
    std::unique_lock lock(mutex_);
    ++asked_;
    add(&question);
    answered_.wait(lock, [&] { return stopping_ || question.answer.has_value(); });
    --asked_;
    if (question.answer) return *std::move(question.answer);
    std::erase_if(news_, [&](const News& one) {
      const auto* asked = std::get_if<InputQuestion*>(&one);
      return asked != nullptr && *asked == &question;
    });
    return Error{ErrorCode::internal, "read input: the run has ended", {}};
  }

  void deliver(News& news, ExecutorClient& client) {
    if (auto* result = std::get_if<TaskResult>(&news)) {
      client.finished(std::move(*result));
    } else if (auto* progress = std::get_if<ProgressNews>(&news)) {
      client.progressed(progress->task, progress->fraction, progress->text);
    } else if (auto* printed = std::get_if<PrintedNews>(&news)) {
      client.printed(printed->task, printed->line);
    } else if (auto* decided = std::get_if<DecidedNews>(&news)) {
      client.decided(decided->task, std::move(decided->result));
    } else {
      InputQuestion& question = **std::get_if<InputQuestion*>(&news);
      Result<InputData> answer = client.input(question.task, question.part, question.asset);
      const std::scoped_lock lock(mutex_);
      question.answer = std::move(answer);
      answered_.notify_all();
    }
  }

  const TaskSettings settings_;
  const Clock& clock_;
  const std::function<void()> on_news_;
  PluginTable plugins_;
  std::atomic<bool> cancelled_ = false;

  std::mutex mutex_;  // guards what follows
  std::condition_variable work_there_, news_there_, answered_;
  TaskQueue tasks_;
  std::vector<std::int64_t> begun_;
  std::deque<News> news_;
  std::size_t asked_ = 0;  // questions without an answer
  std::size_t idle_ = 0;   // threads
  bool woken_ = false;
  bool stopping_ = false;

  std::vector<Task> submitted_;  // of the scheduler's thread: handed out when it waits

  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(std::size_t threads, TaskSettings settings,
                                               const Clock& clock, std::function<void()> on_news) {
  return std::make_unique<ThreadExecutor>(threads, std::move(settings), clock, std::move(on_news));
}

}  // namespace partita
