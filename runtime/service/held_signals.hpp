// HeldSignals: while it lives, SIGINT and SIGTERM arrive only within wait(), so that none is missed
// between looking whether one came and waiting. One thread.
#pragma once

#include <poll.h>

#include <csignal>
#include <ctime>

namespace partita {

class HeldSignals {
 public:
  HeldSignals() {
    sigset_t held;
    ::sigemptyset(&held);
    ::sigaddset(&held, SIGINT);
    ::sigaddset(&held, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  void wait(pollfd* items, nfds_t count, int millis) const {
    const timespec time{millis / 1000, (millis % 1000) * 1'000'000L};
    ::ppoll(items, count, millis < 0 ? nullptr : &time, &before_);
  }

 private:
  sigset_t before_{};
};

}  // namespace partita
