// For assets that a test holds up.
#pragma once

#include <partita/plugin.hpp>

#include <unistd.h>

#include <thread>

// Until a file `release` is in the working directory, or the run is cancelled.
inline void wait_for_release(partita::Run& run) {
  while (::access("release", F_OK) != 0) {
    run.throw_if_cancelled();
    std::this_thread::yield();
  }
}
