#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>

int main(int argc, char** argv) {
  // The user's own settings are no part of a test; there can be no file below /dev/null.
  ::setenv("XDG_CONFIG_HOME", "/dev/null", 1);
  return doctest::Context(argc, argv).run();
}
