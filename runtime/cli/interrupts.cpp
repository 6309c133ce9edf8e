#include "cli/interrupts.hpp"

namespace partita {
namespace {

constexpr int kSignalsHandled = 2;

std::atomic<int> signal_count = 0;
std::atomic<int> signal_last = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler must not lock");

extern "C" void on_interrupt(int signal) {
  signal_last = signal;
  if (++signal_count >= kSignalsHandled) ::signal(signal, SIG_DFL);
}

}  // namespace

Interrupts::Interrupts() {
  signal_count = 0;
  signal_last = 0;
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &before_int_);
  ::sigaction(SIGTERM, &action, &before_term_);
}

Interrupts::~Interrupts() {
  ::sigaction(SIGINT, &before_int_, nullptr);
  ::sigaction(SIGTERM, &before_term_, nullptr);
}

const std::atomic<int>& Interrupts::count() const {
  return signal_count;
}

int Interrupts::last_signal() const {
  return signal_last;
}

}  // namespace partita
