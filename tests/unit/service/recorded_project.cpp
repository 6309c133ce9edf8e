#include "recorded_project.hpp"

#include <algorithm>
#include <deque>
#include <semaphore>
#include <stdexcept>

#include "service/run_recorder.hpp"
#include "support/quiet_listener.hpp"

namespace partita::tests {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}
void must(Status status) {
  if (!status) throw std::runtime_error(status.error().message);
}

// Ends tasks one at a time, in the order in which they were submitted.
class SaidExecutor final : public Executor {
 public:
  explicit SaidExecutor(const RecordedProject::Outcome& outcome) : outcome_(outcome) {}

  std::size_t capacity() const override { return 4; }
  Status submit(Task task) override {
    tasks_.push_back(std::move(task));
    return {};
  }
  Status wait(int, ExecutorClient& client) override {
    if (tasks_.empty()) {
      woken_.acquire();
      return {};
    }
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    client.started(task.id);
    TaskResult result;
    result.id = task.id;
    result.started = result.finished = system_clock().now_micros();
    const RecordedProject::Ending ending =
        outcome_ ? outcome_(task.asset->key, task.partition) : RecordedProject::Ending{};
    if (ending.failed) {
      result.failure = TaskFailure{"error", 0, "as told", {}};
    } else {
      result.status = TaskResult::Status::materialized;
      result.data_version = ending.data_version;
    }
    client.finished(std::move(result));
    return {};
  }
  void wake() override { woken_.release(); }
  std::vector<std::int64_t> recall() override { return {}; }
  void cancel() override {}
  void kill() override {}

 private:
  const RecordedProject::Outcome& outcome_;
  std::deque<Task> tasks_;
  std::counting_semaphore<> woken_{0};
};

constexpr const char* kPlugin = "recorded";

}  // namespace

PartitionsDefinition keys_of_names(std::vector<std::string> names) {
  return must(validated({{{"", StaticDimension{std::move(names)}}}}));
}

RecordedProject::RecordedProject(Instant now)
    : directory_(must(make_temporary_directory("partita-recorded-"))), now_(now) {
  settings_.directory = directory_;
  settings_.state = directory_ / ".partita";
  settings_.store = settings_.state / "partita.db";
  PluginRecord plugin;
  plugin.id = kPlugin;
  plugin.load_hash = "hash";
  catalog_.plugins.push_back(plugin);
  store_ = must(Store::open(settings_.store, system_clock()));
}

RecordedProject::~RecordedProject() {
  store_.reset();
  static_cast<void>(remove_tree(directory_));
}

void RecordedProject::define(std::string key, PartitionsDefinition partitions,
                             std::vector<Dependency> deps, std::string code_version) {
  remove(key);
  AssetDef def;
  def.key = std::move(key);
  def.partitions = std::move(partitions);
  def.code_version = std::move(code_version);
  def.plugin = kPlugin;
  for (Dependency& dep : deps) {
    const AssetDef* upstream = dep.asset == def.key ? &def : catalog_.asset(dep.asset);
    if (upstream != nullptr) {
      const MappingSpec declared = dep.mapping;
      dep.mapping = must(resolve_mapping(declared, upstream->partitions, def.partitions));
      dep.declared = declared;
    }
  }
  def.deps = std::move(deps);
  catalog_.assets.push_back(std::move(def));
  std::sort(catalog_.assets.begin(), catalog_.assets.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  ++catalog_.generation;
}

void RecordedProject::set_policy(const std::string& key, const RunPolicy& policy) {
  for (AssetDef& def : catalog_.assets) {
    if (def.key == key) def.policy = policy;
  }
}

void RecordedProject::remove(const std::string& key) {
  std::erase_if(catalog_.assets, [&](const AssetDef& def) { return def.key == key; });
}

SpacePtr RecordedProject::space(const std::string& key) {
  return must(snapshot().space(asset(key)));
}

RecordedProject::Made RecordedProject::materialize(const std::string& selection, Wanted wanted,
                                                   const Outcome& outcome,
                                                   bool allow_missing_upstream) {
  Snapshot world = snapshot();
  PlanRequest request;
  request.selection = must(parse_selection(selection));
  request.wanted = wanted;
  request.allow_missing_upstream = allow_missing_upstream;
  Made made;
  made.plan = must(make_plan(request, world.world()));
  made.run = must(store_->begin_run({}));
  const auto writer = must(Store::open(settings_.store, system_clock()));
  QuietListener listener;
  RunRecorder recorder(made.plan, made.run, world, *store_, *writer, settings_, system_clock(),
                       listener);
  must(recorder.prepare());
  must(recorder.record_blocked());
  SaidExecutor executor(outcome);
  made.counts = must(run_plan(made.plan, executor, recorder, {}));
  must(store_->finish_run(made.run, RunState::success));
  return made;
}

void RecordedProject::report(const std::string& asset, const std::string& key,
                             const std::string& data_version) {
  const SpacePtr of = space(asset);
  AttemptRecord attempt;
  attempt.asset = asset;
  attempt.key = key;
  attempt.identity = of->identity_at(*of->index_of(key));
  attempt.outcome = partita::Outcome::materialized;
  attempt.data_version = data_version;
  const RunId run = must(store_->begin_run({}));
  must(store_->record(run, {&attempt, 1}));
}

Freshness RecordedProject::freshness(const std::string& key) {
  Snapshot world = snapshot();
  return *must(world.freshness(asset(key)));
}

std::string RecordedProject::stale(const std::string& key) {
  const Freshness known = freshness(key);
  if (known.stale.empty()) return "-";
  return asset(key).partitions.is_partitioned() ? to_text(known.stale, *space(key)) : "all";
}

std::vector<std::string> RecordedProject::reasons(const std::string& key) {
  std::vector<std::string> texts;
  const Freshness known = freshness(key);
  texts.reserve(known.reasons.size());
  for (const StaleReason& reason : known.reasons) texts.push_back(reason.text);
  return texts;
}

std::string RecordedProject::data_version(const std::string& asset, const std::string& key) {
  const SpacePtr of = space(asset);
  const auto made = must(store_->materialization(asset, of->identity_at(*of->index_of(key))));
  return made ? made->data_version : std::string();
}

}  // namespace partita::tests
