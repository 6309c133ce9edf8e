// Unit tests of assets, without the runtime and with any test framework: one asset, one partition,
// and fakes for all that it asks for.
//
//   extern "C" const partita_plugin* partita_entry_v1(const partita_host*);
//
//   partita::testing::Plugin plugin(partita_entry_v1);
//   auto result = plugin.materialize("sales", "2024-01-01", Given().config("limit", 10));
//   assert(result.ok() && result.metadata<int>("rows") == 10);
//
// Compile the plugin's sources into the test. Of mappings it knows but the functions, and nothing
// of schedules or time zones: the test says which upstream partitions there are. Windows are
// computed for keys such as "2024-01-01" of every cadence but cron, in UTC; for anything else the
// test gives the window. A mistake of the test itself, an unknown asset say, is a
// std::invalid_argument. One thread.
#pragma once

#include <partita/abi.h>
#include <partita/detail/fake_mappings.hpp>
#include <partita/detail/fake_run.hpp>
#include <partita/partitions.hpp>
#include <partita/time.hpp>
#include <partita/value.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita::testing {

// How one partition, or one check, ended, and what it told.
class Result {
 public:
  explicit Result(detail::FakeOutcome outcome) : outcome_(std::move(outcome)) {}

  bool ok() const { return outcome_.status == PARTITA_OK; }
  bool passed() const { return ok(); }
  bool not_passed() const { return outcome_.status == PARTITA_NOT_PASSED; }
  bool skipped() const { return outcome_.status == PARTITA_SKIPPED; }
  bool cancelled() const { return outcome_.status == PARTITA_CANCELLED; }
  bool wants_retry() const { return outcome_.status == PARTITA_RETRY; }
  partita_status status() const { return outcome_.status; }
  // Why it failed, was skipped or did not pass.
  const std::string& error() const { return outcome_.error; }

  // Nothing where there is none of this name, or of another type.
  template <class T>
  std::optional<T> metadata(const std::string& name) const {
    const auto found = outcome_.metadata.find(name);
    return found == outcome_.metadata.end() ? std::nullopt : found->second.template as<T>();
  }
  const std::map<std::string, Value>& metadata() const { return outcome_.metadata; }
  const std::string& data_version() const { return outcome_.data_version; }
  // Empty where it asked for none. The plugin object removes it.
  const std::string& output_dir() const { return outcome_.output_dir; }
  const std::vector<std::string>& logs() const { return outcome_.logs; }

  const detail::FakeOutcome& outcome() const { return outcome_; }

 private:
  detail::FakeOutcome outcome_;
};

// How one call for several partitions ended.
class BatchResult {
 public:
  explicit BatchResult(detail::FakeBatchOutcome outcome) : outcome_(std::move(outcome)) {}

  // Of the call; each partition has its own result.
  bool ok() const { return outcome_.status == PARTITA_OK; }
  const std::string& error() const { return outcome_.error; }
  const std::vector<std::string>& logs() const { return outcome_.logs; }
  Result operator[](const std::string& partition) const {
    for (const auto& outcome : outcome_.partitions) {
      if (outcome.partition == partition) return Result(outcome);
    }
    throw std::invalid_argument("partition `" + partition + "` was not in the batch");
  }

 private:
  detail::FakeBatchOutcome outcome_;
};

// What the partition finds.
class Given {
 public:
  Given& resource(const std::string& name, const std::string& field, Value value) {
    data_.resources.insert_or_assign({name, field}, std::move(value));
    return *this;
  }
  Given& config(const std::string& name, Value value) {
    data_.config.insert_or_assign(name, std::move(value));
    return *this;
  }
  // One more upstream partition of `asset`.
  Given& input(const std::string& asset, const std::string& key = {},
               std::map<std::string, Value> metadata = {}) {
    detail::FakeInput input;
    input.key = key;
    input.metadata = std::move(metadata);
    data_.inputs[asset].push_back(std::move(input));
    return *this;
  }
  // What was materialized before.
  Given& input(const Result& upstream) {
    const auto& made = upstream.outcome();
    data_.inputs[made.asset].push_back(
        {made.partition, made.metadata, made.output_dir, made.data_version, upstream.ok()});
    return *this;
  }
  // One that a mapping names and that was never materialized.
  Given& missing_input(const std::string& asset, const std::string& key) {
    input(asset, key);
    data_.inputs[asset].back().materialized = false;
    return *this;
  }
  Given& window(Window window) { return this->window("", window); }
  Given& window(const std::string& dimension, Window window) {
    data_.windows[dimension] = window;
    return *this;
  }
  Given& cancelled() {
    data_.cancelled = true;
    return *this;
  }

  const detail::FakeGiven& data() const { return data_; }

 private:
  detail::FakeGiven data_;
};

class Plugin {
 public:
  // Throws std::runtime_error, with the reason, where define() fails.
  explicit Plugin(partita_entry_v1_fn entry) {
    auto host = detail::sized<partita_host>();
    plugin_ = entry(&host);
    if (plugin_ == nullptr) throw std::runtime_error("define: the entry returned null");
    try {
      define();
    } catch (...) {
      unload();
      throw;
    }
  }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  ~Plugin() {
    unload();
    std::error_code ignored;
    if (!root_.empty()) std::filesystem::remove_all(root_, ignored);
  }

  Result materialize(const std::string& asset, const std::string& partition,
                     const Given& given = {}) {
    return run(asset_named(asset), asset, partition, given);
  }
  // One that is not partitioned.
  Result materialize(const std::string& asset, const Given& given = {}) {
    return materialize(asset, "", given);
  }
  // One call for all of these, of an asset that takes batches.
  BatchResult materialize_batch(const std::string& asset,
                                const std::vector<std::string>& partitions,
                                const Given& given = {}) {
    const auto& task = asset_named(asset);
    detail::FakeRun run(assets_, given.data(), next_directory());
    return BatchResult(run.execute_batch(task, asset, partitions, task.dimensions));
  }
  // Of a partition of its asset. Without an input of that asset, there is one without metadata.
  Result check(const std::string& name, const std::string& partition, const Given& given = {}) {
    const auto found = checks_.find(name);
    if (found == checks_.end()) throw std::invalid_argument("no check `" + name + "`");
    Given complete = given;
    const std::string& asset = found->second.checked_asset;
    if (given.data().inputs.count(asset) == 0) complete.input(asset, partition);
    return run(found->second, asset, partition, complete);
  }
  Result check(const std::string& name, const Given& given = {}) { return check(name, "", given); }

  // What the function given to map_by() says of a partition of `asset`: the keys of `upstream` that
  // it needs; and its inverse of one of `upstream`. Throws std::runtime_error, with the reason,
  // where the function fails.
  std::vector<std::string> upstream_of(const std::string& asset, const std::string& partition,
                                       const std::string& upstream) const {
    const auto& mapping = mappings_.function(asset, upstream);
    return detail::FakeMappings::ask(mapping, mapping.upstream_of, partition,
                                     keys_of(asset, partition));
  }
  std::vector<std::string> downstream_of(const std::string& upstream, const std::string& partition,
                                         const std::string& asset) const {
    const auto& mapping = mappings_.function(asset, upstream);
    if (mapping.downstream_of == nullptr) {
      throw std::invalid_argument("asset `" + asset + "` maps `" + upstream +
                                  "` without an inverse");
    }
    return detail::FakeMappings::ask(mapping, mapping.downstream_of, partition,
                                     keys_of(upstream, partition));
  }

  // In the order of their keys.
  std::vector<std::string> assets() const {
    std::vector<std::string> keys;
    for (const auto& item : assets_) keys.push_back(item.first);
    return keys;
  }

 private:
  void define() {
    auto registrar = detail::sized<partita_registrar>();
    registrar.ctx = this;
    registrar.add_asset = [](void* self, const partita_asset* asset) {
      return static_cast<Plugin*>(self)->add(*asset);
    };
    registrar.add_check = [](void* self, const partita_check* check) {
      return static_cast<Plugin*>(self)->add(*check);
    };
    registrar.fail = [](void* self, partita_str text) {
      static_cast<Plugin*>(self)->error_ = detail::view(text);
    };
    const auto status = plugin_->define(plugin_->self, &registrar);
    if (status != PARTITA_OK || !error_.empty()) throw std::runtime_error("define: " + error_);
  }

  partita_status add(const partita_asset& asset) {
    const std::string key(detail::view(asset.key));
    const auto status = add(assets_, key, detail::FakeTask::from(asset), "asset");
    if (status == PARTITA_OK) mappings_.take(asset);
    return status;
  }
  partita_status add(const partita_check& check) {
    const std::string name(detail::view(check.name));
    return add(checks_, name, detail::FakeTask::from(check), "check");
  }
  partita_status add(std::map<std::string, detail::FakeTask>& tasks, const std::string& name,
                     detail::FakeTask task, const std::string& what) {
    if (tasks.emplace(name, std::move(task)).second) return PARTITA_OK;
    error_ = what + " `" + name + "` is defined twice";
    return PARTITA_INVALID;
  }

  const detail::FakeTask& asset_named(const std::string& key) const {
    const auto found = assets_.find(key);
    if (found == assets_.end()) throw std::invalid_argument("no asset `" + key + "`");
    if (found->second.run == nullptr)
      throw std::invalid_argument("asset `" + key + "` is external: there is nothing to run");
    return found->second;
  }

  // An asset of another plugin is taken to have one dimension without windows.
  std::vector<detail::FakeKey> keys_of(const std::string& asset,
                                       const std::string& partition) const {
    const auto found = assets_.find(asset);
    if (found == assets_.end()) return {{"", partition, std::nullopt}};
    return detail::fake_keys(found->second.dimensions, partition, {});
  }

  Result run(const detail::FakeTask& task, const std::string& asset, const std::string& partition,
             const Given& given) {
    const auto& of_asset = asset_named(asset);
    detail::FakeRun run(assets_, given.data(), next_directory());
    run.describe(asset, partition, of_asset.dimensions);
    return Result(run.execute(task));
  }

  // It does not exist yet.
  std::string next_directory() {
    if (root_.empty()) root_ = detail::make_temporary_directory();
    return (root_ / std::to_string(++runs_)).string();
  }

  void unload() {
    mappings_.drop();
    for (auto& item : assets_) item.second.drop();
    for (auto& item : checks_) item.second.drop();
    if (plugin_->close != nullptr) plugin_->close(plugin_->self);
  }

  const partita_plugin* plugin_ = nullptr;
  std::string error_;
  std::map<std::string, detail::FakeTask> assets_;
  std::map<std::string, detail::FakeTask> checks_;
  detail::FakeMappings mappings_;
  std::filesystem::path root_;
  int runs_ = 0;
};

}  // namespace partita::testing
#pragma GCC visibility pop
