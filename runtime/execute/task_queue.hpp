// TaskQueue: tasks that wait to be dealt, those of higher priority first, else as they came.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "plan/task.hpp"

namespace partita {

class TaskQueue {
 public:
  void push_back(Task task) {
    std::deque<Task>& line = lines_[task.asset->priority];
    line.push_back(std::move(task));
    ++size_;
  }
  void push_front(Task task) {
    std::deque<Task>& line = lines_[task.asset->priority];
    line.push_front(std::move(task));
    ++size_;
  }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const Task& front() const { return first_line()->second.front(); }
  Task pop_front() {
    const auto line = first_line();
    Task task = std::move(line->second.front());
    line->second.pop_front();
    --size_;
    return task;
  }
  // Takes all out, and adds their ids.
  void take_ids(std::vector<std::int64_t>& ids) {
    for (auto& [priority, line] : lines_) {
      for (const Task& task : line) ids.push_back(task.id);
      line.clear();
    }
    size_ = 0;
  }

 private:
  using Lines = std::map<int, std::deque<Task>, std::greater<>>;
  Lines::iterator first_line() {
    auto line = lines_.begin();
    while (line->second.empty()) ++line;
    return line;
  }
  Lines::const_iterator first_line() const {
    auto line = lines_.begin();
    while (line->second.empty()) ++line;
    return line;
  }

  Lines lines_;
  std::size_t size_ = 0;
};

}  // namespace partita
