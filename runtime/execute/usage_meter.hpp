// UsageMeter: what a task takes of the CPU, without asking the system for every task.
//
// A sample is taken when a task begins a millisecond or more after the last one: what a failure is
// told to have taken is at most that much too high. For one thread.
#pragma once

#include <sys/resource.h>

#include <cstdint>

#include "execute/executor.hpp"

namespace partita {

struct CpuSample {
  std::int64_t user_micros = 0;
  std::int64_t system_micros = 0;
};

class UsageMeter {
 public:
  // RUSAGE_THREAD, or RUSAGE_SELF with the children that were waited for.
  explicit UsageMeter(int whose) : whose_(whose) {}

  // A task begins. Whether a sample was taken.
  bool begin(std::int64_t monotonic_micros);
  const CpuSample& sample() const { return sample_; }
  // Since the sample.
  TaskUsage taken() const;

 private:
  rusage now() const;

  int whose_;
  std::int64_t sampled_at_ = INT64_MIN;
  CpuSample sample_;
};

}  // namespace partita
