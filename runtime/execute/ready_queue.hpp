// ReadyQueue: the partitions of one asset that may start, as runs, in the order they became so.
//
// Lanes keep apart what a cap holds back from what it does not. Knows neither plans nor caps. One
// thread.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "partitions/set.hpp"

namespace partita {

// Partitions that follow each other, to be attempted for the n-th time.
struct ReadyRun {
  Run run;
  int attempt = 1;
};

using Lane = std::int64_t;

class ReadyQueue {
 public:
  void add(Lane lane, ReadyRun ready) {
    lanes_[lane].push_back(ready);
    ++runs_;
  }
  // Before all others.
  void put_back(Lane lane, ReadyRun ready) {
    lanes_[lane].push_front(ready);
    ++runs_;
  }
  bool empty() const { return runs_ == 0; }

  // The next partition, or all of its run, of the lanes that `is_open` allows.
  template <class IsOpen>
  std::optional<ReadyRun> take(bool newest_first, bool whole, const IsOpen& is_open) {
    std::deque<ReadyRun>* lane = next_lane(newest_first, is_open);
    if (lane == nullptr) return std::nullopt;
    ReadyRun& ready = newest_first ? lane->back() : lane->front();
    const ReadyRun taken = whole ? ready : take_one(ready, newest_first);
    if (whole || ready.run.size() == 0) {
      newest_first ? lane->pop_back() : lane->pop_front();
      --runs_;
    }
    return taken;
  }

  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const auto& [lane, ready] : lanes_) {
      for (const ReadyRun& one : ready) visit(one);
    }
  }
  void clear() {
    lanes_.clear();
    runs_ = 0;
  }

 private:
  static ReadyRun take_one(ReadyRun& from, bool last) {
    const Index index = last ? --from.run.end : from.run.begin++;
    return {{index, index + 1}, from.attempt};
  }

  template <class IsOpen>
  std::deque<ReadyRun>* next_lane(bool newest_first, const IsOpen& is_open) {
    std::deque<ReadyRun>* best = nullptr;
    for (auto& [lane, ready] : lanes_) {
      if (ready.empty() || !is_open(lane)) continue;
      const bool better =
          best == nullptr || (newest_first ? ready.back().run.end > best->back().run.end
                                           : ready.front().run < best->front().run);
      if (better) best = &ready;
    }
    return best;
  }

  std::map<Lane, std::deque<ReadyRun>> lanes_;
  std::size_t runs_ = 0;
};

}  // namespace partita
