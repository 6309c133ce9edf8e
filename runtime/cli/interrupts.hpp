// Interrupts: counts SIGINT and SIGTERM while it lives, for a run to end in good order.
//
// The third signal finds the default action again: a host that does not react can always be ended.
// At most one at a time.
#pragma once

#include <signal.h>

#include <atomic>

namespace partita {

class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  const std::atomic<int>& count() const;
  int last_signal() const;

 private:
  struct sigaction before_int_{};
  struct sigaction before_term_{};
};

}  // namespace partita
