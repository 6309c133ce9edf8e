// FakeRun: the host's side of partita_run, for partita::testing.
#pragma once

#include <partita/abi.h>
#include <partita/detail/arena.hpp>
#include <partita/detail/fake_keys.hpp>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>
#include <partita/partitions.hpp>
#include <partita/value.hpp>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <stdlib.h>

#pragma GCC visibility push(hidden)
namespace partita::detail {

struct FakeInput {
  std::string key;
  std::map<std::string, Value> metadata;
  std::string output_dir;
  std::string data_version;
  bool materialized = true;
};

struct FakeGiven {
  std::map<std::pair<std::string, std::string>, Value> resources;
  std::map<std::string, Value> config;
  std::map<std::string, std::vector<FakeInput>> inputs;
  std::map<std::string, Window> windows;
  bool cancelled = false;
};

struct FakeOutcome {
  std::string asset;
  std::string partition;
  partita_status status = PARTITA_OK;
  std::string error;
  std::map<std::string, Value> metadata;
  std::string data_version;
  std::string output_dir;
  std::vector<std::string> logs;
};

// Of a batch: how the call ended, and each of its partitions.
struct FakeBatchOutcome {
  partita_status status = PARTITA_OK;
  std::string error;
  std::vector<std::string> logs;
  std::vector<FakeOutcome> partitions;
};

// An asset or a check as it was registered. Copies share the function: drop() is called once.
struct FakeTask {
  std::vector<Dimension> dimensions;  // of an asset, sorted by name
  std::set<std::string> upstream;     // what input() may ask for
  std::string checked_asset;          // of a check
  void* user = nullptr;
  partita_status (*run)(void*, const partita_run*) = nullptr;
  void (*drop_user)(void*) = nullptr;

  static FakeTask from(const partita_asset& asset) {
    FakeTask task;
    for (std::size_t i = 0; i < asset.dimension_count; ++i) {
      task.dimensions.push_back(copied(*asset.dimensions[i]));
    }
    std::sort(task.dimensions.begin(), task.dimensions.end(),
              [](const Dimension& a, const Dimension& b) { return a.name < b.name; });
    for (std::size_t i = 0; i < asset.dep_count; ++i) {
      task.upstream.emplace(view(asset.deps[i]->asset));
    }
    task.take_function(asset);
    return task;
  }
  static FakeTask from(const partita_check& check) {
    FakeTask task;
    task.checked_asset = view(check.asset);
    task.upstream.insert(task.checked_asset);
    task.take_function(check);
    return task;
  }

  void drop() {
    if (drop_user != nullptr) drop_user(user);
  }

 private:
  template <class Table>
  void take_function(const Table& table) {
    user = table.user;
    run = table.run;
    drop_user = table.drop;
  }

  // What fake_window() needs.
  static Dimension copied(const partita_dimension& table) {
    Dimension dimension;
    dimension.kind = table.kind;
    dimension.name = view(table.name);
    dimension.cadence = table.cadence;
    dimension.minute_offset = table.minute_offset;
    dimension.hour_offset = table.hour_offset;
    dimension.timezone = view(table.timezone);
    dimension.format = view(table.format);
    for (std::size_t i = 0; i < table.key_count; ++i) {
      dimension.keys.emplace_back(view(table.keys[i]));
    }
    return dimension;
  }
};

inline std::filesystem::path make_temporary_directory() {
  std::string path = (std::filesystem::temp_directory_path() / "partita-test-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("make a directory like " + path);
  return path;
}

class FakeRun {
 public:
  // `directory` does not exist yet; what the run asks for is made below it.
  FakeRun(const std::map<std::string, FakeTask>& assets, const FakeGiven& given,
          std::string directory)
      : assets_(assets), given_(given), directory_(std::move(directory)) {}
  FakeRun(const FakeRun&) = delete;
  FakeRun& operator=(const FakeRun&) = delete;

  void describe(const std::string& asset, const std::string& partition,
                const std::vector<Dimension>& dimensions) {
    outcome_.asset = asset;
    outcome_.partition = partition;
    keys_ = fake_keys(dimensions, partition, given_.windows);
  }

  FakeOutcome execute(const FakeTask& task) {
    partita_run table = begin(task);
    table.partition = to_str(outcome_.partition);
    table.dimensions = key_tables(keys_);
    table.dimension_count = keys_.size();
    outcome_.status = task.run(task.user, &table);
    return outcome_;
  }

  // One call for all of them. What it does not decide shares its fate.
  FakeBatchOutcome execute_batch(const FakeTask& task, const std::string& asset,
                                 const std::vector<std::string>& partitions,
                                 const std::vector<Dimension>& dimensions) {
    outcome_.asset = asset;
    partita_run table = begin(task);
    add_batch(table, partitions, dimensions);
    const partita_status status = task.run(task.user, &table);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (!parts_[i].decided) decide(i, status, outcome_.error);
    }
    FakeBatchOutcome batch{status, outcome_.error, outcome_.logs, {}};
    for (const FakePart& part : parts_) batch.partitions.push_back(part.outcome);
    return batch;
  }

 private:
  struct FakePart {
    FakeOutcome outcome;
    bool decided = false;
  };

  partita_run begin(const FakeTask& task) {
    task_ = &task;
    auto table = sized<partita_run>();
    table.attempt = 1;
    table.ctx = this;
    table.asset = to_str(outcome_.asset);
    table.run_id = to_str("test");
    add_sinks(table);
    add_sources(table);
    return table;
  }

  void add_batch(partita_run& table, const std::vector<std::string>& partitions,
                 const std::vector<Dimension>& dimensions) {
    parts_.resize(partitions.size());
    const auto** list = arena_.array<const partita_batch_partition*>(parts_.size());
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      parts_[i].outcome.asset = outcome_.asset;
      parts_[i].outcome.partition = partitions[i];
      const auto& keys =
          upstream_keys_.emplace_back(fake_keys(dimensions, partitions[i], given_.windows));
      auto part = sized<partita_batch_partition>();
      part.key = to_str(parts_[i].outcome.partition);
      part.dimensions = key_tables(keys);
      part.dimension_count = keys.size();
      list[i] = arena_.copy(part);
    }
    table.partitions = list;
    table.partition_count = parts_.size();
    table.output_dir = nullptr;
    add_decisions(table);
  }

  static void add_decisions(partita_run& table) {
    table.commit_partition = [](void* ctx, std::size_t position, const partita_commit* commit) {
      return self(ctx).commit(position, commit);
    };
    table.fail_partition = [](void* ctx, std::size_t position, partita_str reason) {
      return self(ctx).decide(position, PARTITA_FAILED, std::string(view(reason)));
    };
    table.skip_partition = [](void* ctx, std::size_t position, partita_str reason) {
      return self(ctx).decide(position, PARTITA_SKIPPED, std::string(view(reason)));
    };
    table.partition_output_dir = [](void* ctx, std::size_t position, partita_str* path) {
      auto& parts = self(ctx).parts_;
      if (position >= parts.size()) return partita_status{PARTITA_INVALID};
      const std::string name = "output-" + decimal(position);
      return self(ctx).make_directory(name.c_str(), parts[position].outcome.output_dir, path);
    };
    table.partition_input = [](void* ctx, std::size_t, partita_str asset,
                               const partita_input** input) {
      return self(ctx).input(std::string(view(asset)), input);
    };
  }

  // What was said of the whole call counts for it, unless the commit says something else.
  partita_status decide(std::size_t position, partita_status status, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (position >= parts_.size() || parts_[position].decided) return PARTITA_INVALID;
    FakePart& part = parts_[position];
    part.decided = true;
    part.outcome.status = status;
    part.outcome.error = reason;
    part.outcome.metadata = outcome_.metadata;
    part.outcome.data_version = outcome_.data_version;
    return PARTITA_OK;
  }

  partita_status commit(std::size_t position, const partita_commit* commit) {
    const partita_status status = decide(position, PARTITA_OK, {});
    if (status != PARTITA_OK || commit == nullptr) return status;
    FakeOutcome& outcome = parts_[position].outcome;
    for (std::size_t i = 0; i < commit->metadata_count; ++i) {
      const partita_named_value& fact = *commit->metadata[i];
      outcome.metadata.insert_or_assign(std::string(view(fact.name)), Value::from_abi(*fact.value));
    }
    if (commit->data_version.len > 0) outcome.data_version = view(commit->data_version);
    return PARTITA_OK;
  }

  static FakeRun& self(void* ctx) { return *static_cast<FakeRun*>(ctx); }

  static void add_sinks(partita_run& table) {
    table.log = [](void* ctx, std::int32_t, partita_str text) {
      const std::lock_guard lock(self(ctx).mutex_);
      self(ctx).outcome_.logs.emplace_back(view(text));
    };
    table.fail = [](void* ctx, partita_str text) { self(ctx).outcome_.error = view(text); };
    table.progress = [](void*, double, partita_str) {};
    table.cancelled = [](void* ctx) { return self(ctx).given_.cancelled ? 1 : 0; };
    table.metadata = [](void* ctx, partita_str name, const partita_value* value) {
      const std::lock_guard lock(self(ctx).mutex_);
      self(ctx).outcome_.metadata.insert_or_assign(std::string(view(name)),
                                                   Value::from_abi(*value));
      return partita_status{PARTITA_OK};
    };
    table.data_version = [](void* ctx, partita_str text) {
      self(ctx).outcome_.data_version = view(text);
      return partita_status{PARTITA_OK};
    };
  }

  static void add_sources(partita_run& table) {
    table.output_dir = [](void* ctx, partita_str* path) {
      return self(ctx).make_directory("output", self(ctx).outcome_.output_dir, path);
    };
    table.temp_dir = [](void* ctx, partita_str* path) {
      return self(ctx).make_directory("temp", self(ctx).temp_dir_, path);
    };
    table.input = [](void* ctx, partita_str asset, const partita_input** input) {
      return self(ctx).input(std::string(view(asset)), input);
    };
    table.config = [](void* ctx, partita_str name, const partita_value** value) {
      return self(ctx).find(self(ctx).given_.config, std::string(view(name)), value);
    };
    table.resource = [](void* ctx, partita_str resource, partita_str field,
                        const partita_value** value) {
      return self(ctx).find(self(ctx).given_.resources,
                            std::pair(std::string(view(resource)), std::string(view(field))),
                            value);
    };
  }

  partita_status make_directory(const char* name, std::string& made, partita_str* path) {
    made = directory_ + "/" + name;
    std::error_code error;
    std::filesystem::create_directories(made, error);
    *path = to_str(made);
    return error ? PARTITA_FAILED : PARTITA_OK;
  }

  template <class Map>
  partita_status find(const Map& values, const typename Map::key_type& key,
                      const partita_value** value) {
    const auto found = values.find(key);
    if (found == values.end()) return PARTITA_NOT_FOUND;
    *value = arena_.copy(found->second.to_abi());
    return PARTITA_OK;
  }

  partita_status input(const std::string& asset, const partita_input** input) {
    const auto declared = task_->upstream.find(asset);
    if (declared == task_->upstream.end()) return PARTITA_NOT_FOUND;
    auto table = sized<partita_input>();
    table.asset = to_str(*declared);
    const auto found = given_.inputs.find(asset);
    if (found != given_.inputs.end()) {
      table.partition_count = found->second.size();
      table.partitions = partitions(asset, found->second);
    }
    *input = arena_.copy(table);
    return PARTITA_OK;
  }

  const partita_input_partition* const* partitions(const std::string& asset,
                                                   const std::vector<FakeInput>& inputs) {
    const auto** list = arena_.array<const partita_input_partition*>(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) list[i] = partition(asset, inputs[i]);
    return list;
  }

  const partita_input_partition* partition(const std::string& asset, const FakeInput& input) {
    auto table = sized<partita_input_partition>();
    table.flags = input.materialized ? PARTITA_INPUT_MATERIALIZED : 0;
    table.key = to_str(input.key);
    table.data_version = to_str(input.data_version);
    table.output_dir = to_str(input.output_dir);
    const auto& keys = upstream_keys(asset, input.key);
    table.dimensions = key_tables(keys);
    table.dimension_count = keys.size();
    table.metadata = metadata(input.metadata);
    table.metadata_count = input.metadata.size();
    return arena_.copy(table);
  }

  // An asset of another plugin is taken to have one dimension without windows.
  const std::vector<FakeKey>& upstream_keys(const std::string& asset, const std::string& key) {
    const auto found = assets_.find(asset);
    if (found != assets_.end()) {
      return upstream_keys_.emplace_back(fake_keys(found->second.dimensions, key, {}));
    }
    upstream_keys_.emplace_back();
    if (!key.empty()) upstream_keys_.back().push_back({"", key, std::nullopt});
    return upstream_keys_.back();
  }

  const partita_named_value* const* metadata(const std::map<std::string, Value>& values) {
    const auto** list = arena_.array<const partita_named_value*>(values.size());
    std::size_t i = 0;
    for (const auto& [name, value] : values) {
      auto table = sized<partita_named_value>();
      table.name = to_str(name);
      table.value = arena_.copy(value.to_abi());
      list[i++] = arena_.copy(table);
    }
    return list;
  }

  const partita_dimension_key* const* key_tables(const std::vector<FakeKey>& keys) {
    const auto** list = arena_.array<const partita_dimension_key*>(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) list[i] = arena_.copy(key_table(keys[i]));
    return list;
  }

  const std::map<std::string, FakeTask>& assets_;
  const FakeGiven& given_;
  const std::string directory_;
  const FakeTask* task_ = nullptr;
  std::vector<FakeKey> keys_;
  std::deque<std::vector<FakeKey>> upstream_keys_;
  std::string temp_dir_;
  Arena arena_;

  std::mutex mutex_;
  FakeOutcome outcome_;  // logs and metadata are protected by mutex_
  std::vector<FakePart> parts_;
};

}  // namespace partita::detail
#pragma GCC visibility pop
