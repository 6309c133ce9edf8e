#include "execute/batch_run.hpp"

#include "execute/abi_values.hpp"

namespace partita {
namespace {

using Fate = TaskResult::Status;

BatchRun& self(void* ctx) {
  return static_cast<BatchRun&>(*static_cast<RunTable*>(ctx));
}

// False: something in it is no fact.
bool add_facts(const partita_commit& commit, TaskResult& result) {
  for (std::size_t i = 0; i < commit.metadata_count; ++i) {
    const partita_named_value& fact = *commit.metadata[i];
    if (!add_metadata(result.metadata, fact.name, fact.value)) return false;
  }
  if (commit.data_version.len == 0) return true;
  if (!is_data_version(commit.data_version)) return false;
  result.data_version = view(commit.data_version);
  return true;
}

}  // namespace

BatchRun::BatchRun(const Task& task, const TaskSettings& settings, TaskLink& link,
                   Conclude conclude)
    : RunTable(task, settings, link), conclude_(std::move(conclude)), parts_(task.parts.size()) {
  fill_parts();
  fill_functions();
}

void BatchRun::fill_parts() {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    Part& part = parts_[i];
    for (const TaskKey& key : task().parts[i].keys) part.keys.push_back(to_abi(key));
    for (const partita_dimension_key& key : part.keys) part.key_list.push_back(&key);
    part.abi.size = sizeof part.abi;
    part.abi.key = borrow(task().parts[i].partition);
    part.abi.dimensions = part.key_list.data();
    part.abi.dimension_count = part.key_list.size();
    part_list_.push_back(&part.abi);
  }
  table().partitions = part_list_.data();
  table().partition_count = part_list_.size();
}

void BatchRun::fill_functions() {
  table().output_dir = [](void*, partita_str*) -> partita_status { return PARTITA_INVALID; };
  table().commit_partition = [](void* ctx, std::size_t part,
                                const partita_commit* commit) -> partita_status {
    const std::scoped_lock lock(self(ctx).mutex());
    return self(ctx).commit(part, commit);
  };
  table().fail_partition = [](void* ctx, std::size_t part, partita_str reason) -> partita_status {
    const std::scoped_lock lock(self(ctx).mutex());
    TaskResult failed;
    failed.failure = TaskFailure{"error", 0, as_text(reason), {}};
    return self(ctx).decide(part, std::move(failed));
  };
  table().skip_partition = [](void* ctx, std::size_t part, partita_str reason) -> partita_status {
    const std::scoped_lock lock(self(ctx).mutex());
    TaskResult skipped;
    skipped.status = Fate::skipped;
    skipped.reason = as_text(reason);
    return self(ctx).decide(part, std::move(skipped));
  };
  table().partition_output_dir = [](void* ctx, std::size_t part,
                                    partita_str* path) -> partita_status {
    const std::scoped_lock lock(self(ctx).mutex());
    return self(ctx).output_dir(part, path);
  };
  table().partition_input = [](void* ctx, std::size_t part, partita_str asset,
                               const partita_input** input) -> partita_status {
    const std::scoped_lock lock(self(ctx).mutex());
    if (part >= self(ctx).parts_.size()) return PARTITA_INVALID;
    return self(ctx).find_input(static_cast<int>(part), view(asset), input);
  };
}

partita_status BatchRun::output_dir(std::size_t part, partita_str* path) {
  if (!is_open(part)) return PARTITA_INVALID;
  std::string& staging = parts_[part].staging;
  if (staging.empty())
    staging = directory_of(settings().staging, part_id(task().id, static_cast<std::int64_t>(part)));
  const partita_status status = make_directory(staging, path);
  if (status == PARTITA_OK) parts_[part].has_output = true;
  return status;
}

partita_status BatchRun::commit(std::size_t part, const partita_commit* commit) {
  if (hold_back(part)) return PARTITA_NOT_PASSED;
  TaskResult made;
  made.status = Fate::materialized;
  made.metadata = metadata();
  made.data_version = data_version();
  if (commit != nullptr && !add_facts(*commit, made)) return PARTITA_INVALID;
  return decide(part, std::move(made));
}

partita_status BatchRun::decide(std::size_t part, TaskResult result) {
  if (!is_open(part)) return PARTITA_INVALID;
  parts_[part].decided = true;
  result.id = part_id(task().id, static_cast<std::int64_t>(part));
  result.has_output = parts_[part].has_output;
  const bool made = result.status == Fate::materialized;
  const Fate ended = conclude_(part, std::move(result));
  parts_[part].made = ended == Fate::materialized || ended == Fate::skipped;
  return made && ended != Fate::materialized ? PARTITA_NOT_PASSED : PARTITA_OK;
}

const TaskPart* BatchRun::unmade_input_of(std::size_t part) const {
  for (const std::int64_t read : task().parts[part].reads) {
    const auto input = static_cast<std::size_t>(read);
    if (input < parts_.size() && parts_[input].decided && !parts_[input].made)
      return &task().parts[input];
  }
  return nullptr;
}

// False: it may be made, or is decided.
bool BatchRun::hold_back(std::size_t part) {
  const TaskPart* input = is_open(part) ? unmade_input_of(part) : nullptr;
  if (input == nullptr) return false;
  const std::string why = task().asset->key + "@" + input->partition + " did not succeed";
  TaskResult held;
  held.failure = TaskFailure{"upstream", 0, why, {}};
  return decide(part, std::move(held)) == PARTITA_OK;
}

// False: there is nothing left to hold back.
bool BatchRun::hold_back_some() {
  bool some = false;
  for (std::size_t part = 0; part < parts_.size(); ++part) some = hold_back(part) || some;
  return some;
}

void BatchRun::commit_rest() {
  const std::scoped_lock lock(mutex());
  while (hold_back_some()) {
  }
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    if (is_open(part)) (void)commit(part, nullptr);
  }
}

}  // namespace partita
