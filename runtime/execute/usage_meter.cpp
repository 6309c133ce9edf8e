#include "execute/usage_meter.hpp"

#include <algorithm>

namespace partita {
namespace {

constexpr std::int64_t kSampleAfterMicros = 1000;

std::int64_t micros(const timeval& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

CpuSample sample_of(const rusage& usage) {
  return {micros(usage.ru_utime), micros(usage.ru_stime)};
}

void add(timeval& to, const timeval& more) {
  to.tv_sec += more.tv_sec;
  to.tv_usec += more.tv_usec;
}

}  // namespace

rusage UsageMeter::now() const {
  rusage usage{};
  ::getrusage(whose_, &usage);
  if (whose_ != RUSAGE_SELF) return usage;
  rusage children{};
  ::getrusage(RUSAGE_CHILDREN, &children);
  add(usage.ru_utime, children.ru_utime);
  add(usage.ru_stime, children.ru_stime);
  usage.ru_maxrss = std::max(usage.ru_maxrss, children.ru_maxrss);
  return usage;
}

bool UsageMeter::begin(std::int64_t monotonic_micros) {
  if (sampled_at_ != INT64_MIN && monotonic_micros - sampled_at_ < kSampleAfterMicros) return false;
  sampled_at_ = monotonic_micros;
  sample_ = sample_of(now());
  return true;
}

TaskUsage UsageMeter::taken() const {
  const rusage usage = now();
  const CpuSample end = sample_of(usage);
  return {static_cast<double>(end.user_micros - sample_.user_micros) / 1e6,
          static_cast<double>(end.system_micros - sample_.system_micros) / 1e6,
          static_cast<std::int64_t>(usage.ru_maxrss) * 1024};
}

}  // namespace partita
