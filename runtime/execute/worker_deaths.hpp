// WorkerDeaths: processes in a row that died of one asset, and the assets that are given up for it.
// One thread.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "execute/executor.hpp"
#include "plan/plan.hpp"

namespace partita {

class WorkerDeaths {
 public:
  // The plan is borrowed. After so many an asset is given up; 0: no matter how many.
  WorkerDeaths(const Plan& plan, int most)
      : plan_(plan), most_(most), in_a_row_(plan.assets.size()) {}

  // A task of the asset has ended.
  void note(std::size_t asset, const TaskResult& result) {
    const bool died = result.failure && result.failure->ended_process;
    in_a_row_[asset] = died ? in_a_row_[asset] + 1 : 0;
    if (most_ > 0 && in_a_row_[asset] == most_) to_give_up_.push_back(asset);
  }
  // It has come to something before its process died.
  void forgive(std::size_t asset) { in_a_row_[asset] = 0; }

  // Those that are to be given up and were not asked for yet.
  std::vector<std::size_t> take_to_give_up() { return std::exchange(to_give_up_, {}); }

  std::string reason(std::size_t asset) const {
    return fmt::format("{} processes in a row died of `{}` (max_worker_deaths)", in_a_row_[asset],
                       plan_.assets[asset].def.key);
  }

 private:
  const Plan& plan_;
  const int most_;
  std::vector<int> in_a_row_;
  std::vector<std::size_t> to_give_up_;
};

}  // namespace partita
