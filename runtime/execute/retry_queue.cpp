#include "execute/retry_queue.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace partita {
namespace {

constexpr double kLongestDelay = 366.0 * 86400;

double factor(RetryPolicy::Backoff backoff, int retry) {
  switch (backoff) {
    case RetryPolicy::Backoff::none:
      return 1;
    case RetryPolicy::Backoff::linear:
      return retry;
    case RetryPolicy::Backoff::exponential:
      return std::exp2(std::min(retry, 64)) - 1;
  }
  return 1;
}

}  // namespace

double retry_delay(const RetryPolicy& policy, int retry, double random) {
  double delay = factor(policy.backoff, retry) * policy.delay;
  if (policy.jitter == RetryPolicy::Jitter::full) delay *= random;
  if (policy.jitter == RetryPolicy::Jitter::plus_minus) delay += (2 * random - 1) * policy.delay;
  return std::clamp(delay, 0.0, kLongestDelay);
}

std::vector<Retry> RetryQueue::take_all(std::optional<std::size_t> asset) {
  std::vector<Retry> taken;
  std::erase_if(waiting_, [&](const Retry& retry) {
    const bool wanted = !asset || retry.asset == *asset;
    if (wanted) taken.push_back(retry);
    return wanted;
  });
  std::make_heap(waiting_.begin(), waiting_.end(), Later());
  return taken;
}

}  // namespace partita
