// The partita_run that an asset's function (or a check's) is given: the C table over a task.
//
// Every text and table it hands out lives as long as it does. Its functions may be called from
// several threads of the task; a lock makes them take turns.
#pragma once

#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "execute/task_run.hpp"
#include "partita/abi.h"

namespace partita {

class RunTable {
 public:
  // All are borrowed and outlive the table.
  RunTable(const Task& task, const TaskSettings& settings, TaskLink& link);
  virtual ~RunTable() = default;
  RunTable(const RunTable&) = delete;
  RunTable& operator=(const RunTable&) = delete;

  const partita_run& abi() const { return run_; }

  // Answers input(asset) itself: for a check, the partition that was just made.
  void provide_input(InputData data);

  const std::string& reason() const { return reason_; }
  const TaskMetadata& metadata() const { return metadata_; }
  const std::string& data_version() const { return data_version_; }
  bool has_output() const { return has_output_; }
  bool has_temporary() const { return has_temporary_; }

 protected:
  partita_run& table() { return run_; }
  const Task& task() const { return task_; }
  const TaskSettings& settings() const { return settings_; }
  TaskLink& link() { return link_; }
  std::mutex& mutex() { return mutex_; }

  // Under the lock. `part` below 0: of the whole task.
  partita_status find_input(int part, std::string_view asset, const partita_input** out);
  partita_status make_directory(const std::string& path, partita_str* out);

 private:
  // The tables of one input, with the data they point into.
  struct Input {
    InputData data;
    std::deque<partita_dimension_key> keys;
    std::deque<std::vector<const partita_dimension_key*>> key_lists;
    std::deque<partita_value> values;
    std::deque<partita_named_value> named_values;
    std::deque<std::vector<const partita_named_value*>> metadata_lists;
    std::deque<partita_input_partition> partitions;
    std::vector<const partita_input_partition*> partition_list;
    std::list<std::string> texts;
    partita_input abi{};
  };

  void fill_functions();
  const partita_input* build(int part, InputData data);
  void add_partition(Input& input, const InputPartition& partition);
  partita_status look_up(const Json& value, const partita_value** out);
  void set_reason(std::string text);

  const Task& task_;
  const TaskSettings& settings_;
  TaskLink& link_;
  partita_run run_{};
  std::string run_id_;
  std::vector<partita_dimension_key> keys_;
  std::vector<const partita_dimension_key*> key_list_;

  std::mutex mutex_;  // guards what follows
  std::string reason_;
  TaskMetadata metadata_;
  std::string data_version_;
  bool has_output_ = false;
  bool has_temporary_ = false;
  std::string staging_, temporary_;                      // once they are asked for
  std::map<std::pair<int, std::string>, Input> inputs_;  // by part and asset
  std::list<partita_value> looked_up_;  // lists: most tasks have none, and an empty one is free
  std::list<std::string> looked_up_texts_;
};

}  // namespace partita
