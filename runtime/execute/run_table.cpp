#include "execute/run_table.hpp"

#include <algorithm>

#include "base/files.hpp"
#include "base/text.hpp"
#include "execute/abi_values.hpp"

namespace partita {
namespace {

RunTable& self(void* ctx) {
  return *static_cast<RunTable*>(ctx);
}

}  // namespace

RunTable::RunTable(const Task& task, const TaskSettings& settings, TaskLink& link)
    : task_(task), settings_(settings), link_(link), run_id_(std::to_string(settings.run)) {
  keys_.reserve(task.keys.size());
  for (const TaskKey& key : task.keys) key_list_.push_back(&keys_.emplace_back(to_abi(key)));
  run_.size = sizeof run_;
  run_.attempt = static_cast<std::uint32_t>(task.attempt);
  run_.ctx = this;
  run_.asset = borrow(task.asset->key);
  run_.run_id = borrow(run_id_);
  run_.partition = borrow(task.partition);
  run_.dimensions = key_list_.data();
  run_.dimension_count = key_list_.size();
  fill_functions();
}

void RunTable::fill_functions() {
  run_.log = [](void* ctx, std::int32_t level, partita_str text) {
    const std::scoped_lock lock(self(ctx).mutex_);
    self(ctx).link_.log(level, as_text(text));
  };
  run_.fail = [](void* ctx, partita_str text) { self(ctx).set_reason(as_text(text)); };
  run_.progress = [](void* ctx, double fraction, partita_str text) {
    const std::scoped_lock lock(self(ctx).mutex_);
    self(ctx).link_.progress(fraction, as_text(text));
  };
  run_.cancelled = [](void* ctx) -> std::int32_t {
    const std::scoped_lock lock(self(ctx).mutex_);
    return self(ctx).link_.cancelled() ? 1 : 0;
  };
  run_.metadata = [](void* ctx, partita_str name, const partita_value* value) -> partita_status {
    const std::scoped_lock lock(self(ctx).mutex_);
    return add_metadata(self(ctx).metadata_, name, value) ? PARTITA_OK : PARTITA_INVALID;
  };
  run_.data_version = [](void* ctx, partita_str text) -> partita_status {
    if (!is_data_version(text)) return PARTITA_INVALID;
    const std::scoped_lock lock(self(ctx).mutex_);
    self(ctx).data_version_ = view(text);
    return PARTITA_OK;
  };
  run_.output_dir = [](void* ctx, partita_str* path) -> partita_status {
    const std::scoped_lock lock(self(ctx).mutex_);
    RunTable& run = self(ctx);
    if (run.staging_.empty()) run.staging_ = directory_of(run.settings_.staging, run.task_.id);
    const partita_status status = run.make_directory(run.staging_, path);
    if (status == PARTITA_OK) run.has_output_ = true;
    return status;
  };
  run_.temp_dir = [](void* ctx, partita_str* path) -> partita_status {
    const std::scoped_lock lock(self(ctx).mutex_);
    RunTable& run = self(ctx);
    if (run.temporary_.empty())
      run.temporary_ = directory_of(run.settings_.temporary, run.task_.id);
    run.has_temporary_ = true;
    return run.make_directory(run.temporary_, path);
  };
  run_.input = [](void* ctx, partita_str asset, const partita_input** input) -> partita_status {
    const std::scoped_lock lock(self(ctx).mutex_);
    return self(ctx).find_input(-1, view(asset), input);
  };
  run_.config = [](void* ctx, partita_str name, const partita_value** value) -> partita_status {
    RunTable& run = self(ctx);
    const Json& own = run.settings_.config[run.task_.asset->key];
    const Json& section = own.contains(view(name)) ? own : run.settings_.config["*"];
    return run.look_up(section[view(name)], value);
  };
  run_.resource = [](void* ctx, partita_str resource, partita_str field,
                     const partita_value** value) {
    return self(ctx).look_up(self(ctx).settings_.resources[view(resource)][view(field)], value);
  };
}

void RunTable::set_reason(std::string text) {
  const std::scoped_lock lock(mutex_);
  reason_ = std::move(text);
}

void RunTable::provide_input(InputData data) {
  const std::scoped_lock lock(mutex_);
  build(-1, std::move(data));
}

partita_status RunTable::make_directory(const std::string& path, partita_str* out) {
  if (Status made = make_directories(path); !made) {
    reason_ = made.error().message;
    return PARTITA_FAILED;
  }
  *out = borrow(path);
  return PARTITA_OK;
}

partita_status RunTable::look_up(const Json& value, const partita_value** out) {
  if (value.is_null()) return PARTITA_NOT_FOUND;
  const std::scoped_lock lock(mutex_);
  *out = &looked_up_.emplace_back(setting_to_abi(value, looked_up_texts_));
  return PARTITA_OK;
}

partita_status RunTable::find_input(int part, std::string_view asset, const partita_input** out) {
  if (const auto known = inputs_.find({part, std::string(asset)}); known != inputs_.end()) {
    *out = &known->second.abi;
    return PARTITA_OK;
  }
  if (std::find(task_.asset->deps.begin(), task_.asset->deps.end(), asset) ==
      task_.asset->deps.end())
    return PARTITA_NOT_FOUND;
  Result<InputData> data = link_.input(part, asset);
  if (!data) {
    reason_ = data.error().message;
    return PARTITA_FAILED;
  }
  *out = build(part, *std::move(data));
  return PARTITA_OK;
}

const partita_input* RunTable::build(int part, InputData data) {
  Input& input = inputs_[{part, data.asset}];
  input.data = std::move(data);
  for (const InputPartition& partition : input.data.partitions) add_partition(input, partition);
  input.abi.size = sizeof input.abi;
  input.abi.asset = borrow(input.data.asset);
  input.abi.partitions = input.partition_list.data();
  input.abi.partition_count = input.partition_list.size();
  return &input.abi;
}

void RunTable::add_partition(Input& input, const InputPartition& partition) {
  auto& keys = input.key_lists.emplace_back();
  for (const TaskKey& key : partition.keys) keys.push_back(&input.keys.emplace_back(to_abi(key)));
  auto& metadata = input.metadata_lists.emplace_back();
  for (const auto& [name, entry] : partition.metadata) {
    const partita_value& value = input.values.emplace_back(metadata_to_abi(entry, input.texts));
    metadata.push_back(&input.named_values.emplace_back(
        partita_named_value{sizeof(partita_named_value), 0, borrow(name), &value}));
  }
  partita_input_partition abi{};
  abi.size = sizeof abi;
  abi.flags = partition.materialized ? PARTITA_INPUT_MATERIALIZED : 0;
  abi.key = borrow(partition.key);
  abi.dimensions = keys.data();
  abi.dimension_count = keys.size();
  abi.data_version = borrow(partition.data_version);
  abi.output_dir = borrow(partition.output_dir);
  abi.metadata = metadata.data();
  abi.metadata_count = metadata.size();
  input.partition_list.push_back(&input.partitions.emplace_back(abi));
}

}  // namespace partita
