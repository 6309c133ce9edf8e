// RetryPolicy: when a partition that failed is attempted again.
//
//   defs.asset("prices").retry(partita::retries(3).delay(10).exponential().full_jitter()) = ...
//
// Whatever way it failed counts: an exception, a crash, a limit that was exceeded. A function that
// knows that another attempt helps can ask for one with Run::retry().
#pragma once

#include <partita/abi.h>

#include <cstdint>

#pragma GCC visibility push(hidden)
namespace partita {

struct RetryPolicy {
  std::uint32_t max_retries = 0;  // after the first attempt
  double delay_seconds = 0;
  std::uint32_t backoff_kind = PARTITA_BACKOFF_NONE;
  std::uint32_t jitter_kind = PARTITA_JITTER_NONE;

  // Before the first retry; before each where nothing else is said.
  RetryPolicy& delay(double seconds) {
    delay_seconds = seconds;
    return *this;
  }
  // The n-th retry waits n times the delay.
  RetryPolicy& linear() {
    backoff_kind = PARTITA_BACKOFF_LINEAR;
    return *this;
  }
  // The n-th retry waits 2^n - 1 times the delay: 1, 3, 7, ...
  RetryPolicy& exponential() {
    backoff_kind = PARTITA_BACKOFF_EXPONENTIAL;
    return *this;
  }
  // A random part of the wait.
  RetryPolicy& full_jitter() {
    jitter_kind = PARTITA_JITTER_FULL;
    return *this;
  }
  // Up to one delay more or less.
  RetryPolicy& plus_minus_jitter() {
    jitter_kind = PARTITA_JITTER_PLUS_MINUS;
    return *this;
  }
};

inline RetryPolicy retries(std::uint32_t most) {
  RetryPolicy policy;
  policy.max_retries = most;
  return policy;
}

}  // namespace partita
#pragma GCC visibility pop
