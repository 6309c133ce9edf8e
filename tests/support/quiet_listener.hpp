// Hears of a run and says nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "service/project.hpp"

namespace partita::tests {

class QuietListener : public RunListener {
 public:
  void waiting_for(std::int64_t, std::int64_t) override {}
  void planned(std::int64_t, const PlanView&, double) override {}
  void started(const Partition&) override {}
  void progressed(const Partition&, double, std::string_view) override {}
  void printed(const Partition&, std::string_view) override {}
  void finished(const Partition&, const AttemptView&) override {}
  void retrying(const Partition&, const AttemptView&, double) override {}
  void ended(const Partition&) override {}
  void noticed(std::string_view) override {}
  void tick() override {}
};

}  // namespace partita::tests
