// HeldBack: partitions that will not run since something they need did not succeed, until they are
// recorded. They are kept as runs, since there may be a million. One thread.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "execute/scheduler.hpp"
#include "plan/plan.hpp"

namespace partita {

class HeldBack {
 public:
  explicit HeldBack(const Plan& plan) : plan_(plan) {}  // borrowed

  void add(std::size_t asset, const PartitionSet& partitions,
           const std::shared_ptr<const std::string>& reason);
  // The next, as they are recorded.
  std::vector<FinishedPartition> take(std::size_t most);

 private:
  struct Held {
    std::size_t asset = 0;
    Run partitions;
    std::shared_ptr<const std::string> reason;
  };

  FinishedPartition finished(const Held& held, Index partition) const;

  const Plan& plan_;
  std::deque<Held> held_;
};

}  // namespace partita
