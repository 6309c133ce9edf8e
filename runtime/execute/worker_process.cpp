#include "execute/worker_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "execute/task_run.hpp"
#include "execute/worker.hpp"

namespace partita {

namespace {

constexpr std::int64_t kReleasedAtOnce = 1 << 20;
// From the request to end to the kill.
constexpr std::int64_t kGraceMicros = 1'000'000;

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const ProcessExecutorOptions& options,
                                                            bool fork_each, int number) {
  Descriptor output(::memfd_create("partita-output", MFD_CLOEXEC));
  if (!output.is_open() || ::fcntl(output.get(), F_SETFL, O_APPEND) != 0)
    return io_error("create a memory file");
  Result<Shared> shared = share(options.scratch, number);
  if (!shared) return std::move(shared).error();
  const Json argument = Json::object()
                            .set("settings", to_json(options.settings))
                            .set("crash_file", shared->crash.path())
                            .set("claims", shared->claims_file.string())
                            .set("ring", shared->ring_memory.path())
                            .set("fork_each", fork_each);
  Result<Child> child = options.zygote->spawn(kWorkerRole, argument.dump(), output.get());
  if (!child) return std::move(child).error().wrap("start a worker process");
  return std::unique_ptr<WorkerProcess>(
      new WorkerProcess(*std::move(child), std::move(output), *std::move(shared)));
}

Result<WorkerProcess::Shared> WorkerProcess::share(const Path& scratch, int number) {
  // Of this host: a run that goes on after a crash has the same scratch.
  Path claims_file = scratch / fmt::format("claims-{}-{}", ::getpid(), number);
  Result<TaskClaims> claims = TaskClaims::create(claims_file);
  if (!claims) return std::move(claims).error();
  SharedMemory crash("partita-crash");
  SharedMemory ring_memory("partita-ring");
  Result<SharedRing> ring = SharedRing::create(ring_memory.path());
  if (!ring) return std::move(ring).error();
  return Shared{std::move(crash), std::move(ring_memory), std::move(claims_file),
                *std::move(claims), *std::move(ring)};
}

WorkerProcess::WorkerProcess(Child child, Descriptor output, Shared shared)
    : child_(std::move(child)), output_(std::move(output)), shared_(std::move(shared)) {}

WorkerProcess::~WorkerProcess() {
  ::unlink(shared_.claims_file.c_str());
}

Status WorkerProcess::deal(Task task, std::int64_t now_micros) {
  if (known_assets_.insert(task.asset->number).second) {
    if (Status added = unsent_.add(encode(HostMessage(*task.asset))); !added) return added;
  }
  TaskMessage message{next_, task.asset->number, task};
  if (Status added = unsent_.add(encode(HostMessage(std::move(message)))); !added) return added;
  if (!shared_.claims.offer(next_))
    return Error{ErrorCode::internal, "deal a task: the worker's queue is not in order", {}};
  if (dealt_.empty()) begun_ = now_micros;
  dealt_.push_back({next_++, std::move(task)});
  return {};
}

// A worker that cannot be written to has ended, which is handled when it is noticed.
void WorkerProcess::flush() {
  (void)unsent_.flush(child_.channel());
}

std::vector<Task> WorkerProcess::take_back(std::size_t most) {
  const std::uint32_t count = shared_.claims.take_back(static_cast<std::uint32_t>(most));
  std::vector<Task> tasks;
  for (auto at = dealt_.end() - static_cast<std::ptrdiff_t>(count); at != dealt_.end(); ++at)
    tasks.push_back(std::move(at->task));
  dealt_.resize(dealt_.size() - count);
  return tasks;
}

void WorkerProcess::cancel() {
  shared_.claims.cancel();
}

void WorkerProcess::kill() {
  killed_ = true;
  child_.kill(SIGKILL);
}

// False: the channel is closed.
bool WorkerProcess::clear_bells() const {
  char bells[4096];
  ssize_t got = 0;
  do {
    got = ::recv(child_.channel(), bells, sizeof bells, MSG_DONTWAIT);
  } while (got > 0 || (got < 0 && errno == EINTR));
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void WorkerProcess::receive(ExecutorClient& client, std::int64_t now_micros) {
  const bool open = clear_bells();
  Status fits;
  const bool sound = shared_.ring.read([&](std::string_view bytes) {
    if (fits) fits = frames_.add(bytes);
  });
  // A worker that closed its channel can be told nothing any more, one whose ring is damaged says
  // nothing: it ends, if it has not already.
  if (!open || !sound || !fits) child_.kill(SIGKILL);
  while (std::optional<std::string> frame = frames_.next()) {
    Result<WorkerMessage> message = decode_worker_message(*frame);
    if (!message) {
      return child_.kill(SIGKILL);
    }
    if (!dealt_.empty()) handle(*std::move(message), client, now_micros);
  }
}

void WorkerProcess::handle(WorkerMessage message, ExecutorClient& client, std::int64_t now_micros) {
  const std::int64_t task = dealt_.front().task.id;
  if (auto* done = std::get_if<ResultMessage>(&message)) {
    if (done->result.id != task) return child_.kill(SIGKILL);
    read_output(done->printed, client);
    give_checked(done->result);
    if (overran_) {  // it caught the request; whatever it made came too late
      done->result.status = TaskResult::Status::failed;
      done->result.failure = overrun_failure();
      done->result.failure->ended_process = true;
    }
    finish(std::move(done->result), client, now_micros);
  } else if (auto* decided = std::get_if<DecidedMessage>(&message)) {
    read_output(decided->printed, client);
    decided->result.log = log_.take();
    give_checked(decided->result);
    client.decided(task, std::move(decided->result));
  } else if (auto* checked = std::get_if<CheckedMessage>(&message)) {
    take_checked(std::move(*checked));
  } else if (auto* log = std::get_if<LogMessage>(&message)) {
    read_output(log->printed, client);
    const std::string line = format_log_line(log->level, log->text);
    log_.add_line(line);
    client.printed(task, line);
  } else if (auto* progress = std::get_if<ProgressMessage>(&message)) {
    client.progressed(task, progress->fraction, progress->text);
  } else {
    answer(std::get<InputRequest>(message), client);
  }
}

void WorkerProcess::take_checked(CheckedMessage message) {
  if (checked_.size() >= dealt_.front().task.asset->checks.size()) return child_.kill(SIGKILL);
  checked_.push_back(std::move(message.result));
}

void WorkerProcess::give_checked(TaskResult& result) {
  result.checks.insert(result.checks.begin(), std::make_move_iterator(checked_.begin()),
                       std::make_move_iterator(checked_.end()));
  checked_.clear();
}

// Where its process ended in a check: that one failed itself, those behind it did not run. Which of
// a batch's partitions was checked then is not said.
void WorkerProcess::tell_unfinished_check(TaskResult& result) {
  const Task& task = dealt_.front().task;
  const std::vector<TaskCheck>& checks = task.asset->checks;
  const std::uint32_t begun = shared_.claims.check();
  if (begun == 0 || begun > checks.size()) return;
  const TaskCheck& check = checks[begun - 1];
  const std::string how = "did not come to an end: " + result.failure->message;
  result.failure->message = fmt::format("check `{}` {}", check.name, how);
  std::vector<std::string> not_run;
  for (std::size_t i = begun; i < checks.size(); ++i) not_run.push_back(checks[i].name);
  if (!not_run.empty()) result.failure->message += "; not run: " + join(not_run, ", ");
  if (!task.parts.empty()) return;
  give_checked(result);
  result.checks.push_back(
      {check.name, false, false, check.blocking, check.warning, "it " + how, {}});
}

// A task that ends before anybody looks is not told as running.
void WorkerProcess::follow(ExecutorClient& client) {
  if (dealt_.empty()) return;
  if (!std::exchange(told_begun_, true)) client.started(dealt_.front().task.id);
  follow_output(client);
}

void WorkerProcess::answer(const InputRequest& request, ExecutorClient& client) {
  Result<InputData> data = client.input(dealt_.front().task.id, request.part, request.asset);
  const InputAnswer answer =
      data ? InputAnswer{*std::move(data), {}} : InputAnswer{{}, data.error().message};
  if (!unsent_.add(encode(HostMessage(answer)))) return kill();
  flush();
}

// What the running task has printed up to `end`.
void WorkerProcess::read_output(std::int64_t end, ExecutorClient& client) {
  char buffer[16384];
  while (read_ < end) {
    const auto most = std::min<std::int64_t>(end - read_, sizeof buffer);
    const ssize_t got = ::pread(output_.get(), buffer, static_cast<std::size_t>(most), read_);
    if (got <= 0) return;
    take_output(std::string_view(buffer, static_cast<std::size_t>(got)), client);
  }
}

std::string WorkerProcess::peek_output() const {
  std::string text(16384, '\0');
  const ssize_t got = ::pread(output_.get(), text.data(), text.size(), read_);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

// What is read before the next task is claimed was printed by the first one.
void WorkerProcess::follow_output(ExecutorClient& client) {
  for (;;) {
    const std::string text = peek_output();
    const bool later = dealt_.size() > 1 && shared_.claims.is_claimed(dealt_[1].sequence);
    if (text.empty() || later) return;
    take_output(text, client);
  }
}

void WorkerProcess::take_output(std::string_view text, ExecutorClient& client) {
  read_ += static_cast<std::int64_t>(text.size());
  log_.add(text);
  partial_line_.append(text);
  std::size_t begin = 0;
  for (std::size_t end = partial_line_.find('\n'); end != std::string::npos;
       end = partial_line_.find('\n', begin)) {
    if (!dealt_.empty())
      client.printed(dealt_.front().task.id,
                     std::string_view(partial_line_).substr(begin, end - begin));
    begin = end + 1;
  }
  partial_line_.erase(0, begin);
  if (read_ - released_ < kReleasedAtOnce) return;
  (void)::fallocate(output_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, released_,
                    read_ - released_);
  released_ = read_;
}

void WorkerProcess::finish(TaskResult result, ExecutorClient& client, std::int64_t now_micros) {
  result.log = log_.take();
  partial_line_.clear();
  checked_.clear();
  dealt_.pop_front();
  begun_ = now_micros;
  told_begun_ = false;
  limit_ends_.reset();
  if (std::exchange(overran_, false)) child_.kill(SIGKILL);
  finished_any_ = true;
  client.finished(std::move(result));
}

std::vector<Task> WorkerProcess::ended(ExecutorClient& client, CrashReader& crashes,
                                       std::int64_t now_micros) {
  const std::optional<ExitStatus> status = child_.wait(0);
  receive(client, now_micros);  // what it said before
  if (!dealt_.empty() && shared_.claims.is_claimed(dealt_.front().sequence)) {
    read_output(INT64_MAX, client);
    TaskResult result;
    result.id = dealt_.front().task.id;
    result.started = begun_;
    result.finished = now_micros;
    if (killed_) {
      result.status = TaskResult::Status::cancelled;
      result.reason = "killed";
    } else {
      result.failure = describe_end(status.value_or(ExitStatus{}), crashes);
      tell_unfinished_check(result);
    }
    finish(std::move(result), client, now_micros);
  }
  std::vector<Task> not_begun;
  not_begun.reserve(dealt_.size());
  for (Dealt& one : dealt_) not_begun.push_back(std::move(one.task));
  dealt_.clear();
  return not_begun;
}

std::optional<std::int64_t> WorkerProcess::enforce_limit(std::int64_t monotonic_micros) {
  if (dealt_.empty() || limits().seconds <= 0) return std::nullopt;
  if (!shared_.claims.is_claimed(dealt_.front().sequence)) return std::nullopt;
  if (!limit_ends_)
    limit_ends_ = monotonic_micros + static_cast<std::int64_t>(limits().seconds * 1e6);
  if (monotonic_micros < *limit_ends_) return limit_ends_;
  child_.kill(overran_ ? SIGKILL : SIGTERM);
  overran_ = true;
  limit_ends_ = monotonic_micros + kGraceMicros;
  return limit_ends_;
}

TaskFailure WorkerProcess::overrun_failure() const {
  TaskFailure failure;
  failure.kind = "timeout";
  failure.message =
      fmt::format("it ran longer than its time limit of {}", format_duration(limits().seconds));
  return failure;
}

TaskFailure WorkerProcess::describe_end(const ExitStatus& status, CrashReader& crashes) const {
  TaskFailure failure = describe_signal(status, crashes);
  failure.usage = usage_of(status);
  failure.ended_process = true;
  const double cpu = failure.usage->user_seconds + failure.usage->system_seconds;
  if (overran_) {
    TaskFailure overrun = overrun_failure();
    failure.kind = std::move(overrun.kind);
    failure.message = std::move(overrun.message);
  } else if (limits().cpu_seconds > 0 &&
             (status.signal == SIGXCPU ||
              (status.signal == SIGKILL && cpu >= limits().cpu_seconds))) {
    failure.kind = "cpu_limit";
    failure.message = fmt::format("it took more of the CPU than its limit of {}",
                                  format_duration(limits().cpu_seconds));
  }
  return failure;
}

TaskUsage WorkerProcess::usage_of(const ExitStatus& status) const {
  const CpuSample before = shared_.claims.cpu();
  const auto seconds = [](std::int64_t from, std::int64_t to) {
    return static_cast<double>(std::max<std::int64_t>(to - from, 0)) / 1e6;
  };
  return {seconds(before.user_micros, status.user_micros),
          seconds(before.system_micros, status.system_micros), status.max_rss_kib * 1024};
}

TaskFailure WorkerProcess::describe_signal(const ExitStatus& status, CrashReader& crashes) const {
  if (status.signal == 0) {
    return {"exit",
            0,
            fmt::format("the worker process exited with code {} while it ran this partition",
                        status.code),
            {}};
  }
  TaskFailure failure{"signal", status.signal, signal_name(status.signal), {}};
  const Result<CrashReport> report = crashes.read(shared_.crash.file.get());
  if (!report) return failure;
  if (limits().memory_bytes > 0 && report->exception_type == "std::bad_alloc") {
    failure.kind = "memory_limit";
    failure.message = memory_limit_text(limits());
  } else if (!report->exception_type.empty()) {
    failure.message += fmt::format(": uncaught {}: {}", report->exception_type, report->message);
  } else if (!report->message.empty()) {
    failure.message += ": " + report->message;
  }
  failure.backtrace = format_backtrace(*report);
  return failure;
}

}  // namespace partita
