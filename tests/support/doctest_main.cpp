#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

// A program that takes longer than whoever runs it will wait says which of its test cases it is in:
// doctest tells that of one that aborts.
void abort_after(const char* seconds) {
  if (seconds == nullptr) return;
  std::signal(SIGALRM, [](int) { std::abort(); });
  ::alarm(static_cast<unsigned>(std::atoi(seconds)));
}

}  // namespace

int main(int argc, char** argv) {
  // The user's own settings are no part of a test; there can be no file below /dev/null.
  ::setenv("XDG_CONFIG_HOME", "/dev/null", 1);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  abort_after(std::getenv("PARTITA_TEST_SECONDS"));
  return doctest::Context(argc, argv).run();
}
