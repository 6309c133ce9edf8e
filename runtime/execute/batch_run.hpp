// The partita_run of a task with parts: what a function may decide about single partitions while it
// goes on, and the fate of those that it does not decide.
//
// Decisions take turns under the run's lock, checks included.
#pragma once

#include <functional>
#include <vector>

#include "execute/run_table.hpp"

namespace partita {

class BatchRun final : public RunTable {
 public:
  // Checks a part that was made and tells it. Under the run's lock; returns how it ended.
  using Conclude = std::function<TaskResult::Status(std::size_t part, TaskResult result)>;

  // All are borrowed but `conclude`.
  BatchRun(const Task& task, const TaskSettings& settings, TaskLink& link, Conclude conclude);

  // The function returned OK: what it did not decide is made, but for what reads a part that is
  // not.
  void commit_rest();

 private:
  struct Part {
    bool decided = false;
    bool made = false;  // or skipped
    bool has_output = false;
    std::string staging;  // once it is asked for
    std::vector<partita_dimension_key> keys;
    std::vector<const partita_dimension_key*> key_list;
    partita_batch_partition abi{};
  };

  void fill_parts();
  void fill_functions();
  bool is_open(std::size_t part) const { return part < parts_.size() && !parts_[part].decided; }
  // Under the lock.
  partita_status commit(std::size_t part, const partita_commit* commit);
  partita_status decide(std::size_t part, TaskResult result);
  bool hold_back(std::size_t part);
  bool hold_back_some();
  const TaskPart* unmade_input_of(std::size_t part) const;
  partita_status output_dir(std::size_t part, partita_str* path);

  Conclude conclude_;
  std::vector<Part> parts_;
  std::vector<const partita_batch_partition*> part_list_;
};

}  // namespace partita
