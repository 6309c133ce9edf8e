// ReadyQueue: the partitions of one asset that may start, as runs, in the order they became so.
//
// Lanes keep apart what a cap holds back from what it does not; what has a lower place goes first,
// whatever the order. Knows neither plans nor caps. One
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

struct ReadySlot {
  std::int64_t place = 0;
  Lane lane = 0;
  auto operator<=>(const ReadySlot&) const = default;
};

class ReadyQueue {
 public:
  void add(ReadySlot slot, ReadyRun ready) {
    slots_[slot].push_back(ready);
    ++runs_;
  }
  // Before all others.
  void put_back(ReadySlot slot, ReadyRun ready) {
    slots_[slot].push_front(ready);
    ++runs_;
  }
  bool empty() const { return runs_ == 0; }

  // The next partition, or all of its run, of the lanes that `is_open` allows.
  template <class IsOpen>
  std::optional<ReadyRun> take(bool newest_first, bool whole, const IsOpen& is_open) {
    const auto next = next_slot(newest_first, is_open);
    if (next == slots_.end()) return std::nullopt;
    std::deque<ReadyRun>& runs = next->second;
    ReadyRun& ready = newest_first ? runs.back() : runs.front();
    const ReadyRun taken = whole ? ready : take_one(ready, newest_first);
    if (whole || ready.run.size() == 0) {
      newest_first ? runs.pop_back() : runs.pop_front();
      --runs_;
    }
    if (runs.empty()) slots_.erase(next);
    return taken;
  }

  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const auto& [slot, ready] : slots_) {
      for (const ReadyRun& one : ready) visit(one);
    }
  }
  void clear() {
    slots_.clear();
    runs_ = 0;
  }

 private:
  static ReadyRun take_one(ReadyRun& from, bool last) {
    const Index index = last ? --from.run.end : from.run.begin++;
    return {{index, index + 1}, from.attempt};
  }

  using Slots = std::map<ReadySlot, std::deque<ReadyRun>>;  // none of them is empty

  template <class IsOpen>
  Slots::iterator next_slot(bool newest_first, const IsOpen& is_open) {
    auto best = slots_.end();
    for (auto at = slots_.begin(); at != slots_.end(); ++at) {
      if (best != slots_.end() && at->first.place > best->first.place) break;
      if (!is_open(at->first.lane)) continue;
      const bool better = best == slots_.end() ||
                          (newest_first ? at->second.back().run.end > best->second.back().run.end
                                        : at->second.front().run < best->second.front().run);
      if (better) best = at;
    }
    return best;
  }

  Slots slots_;
  std::size_t runs_ = 0;
};

}  // namespace partita
