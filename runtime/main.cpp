#include <malloc.h>

#include <csignal>

#include "cli/cli.hpp"
#include "service/zygote_roles.hpp"

int main(int argc, char** argv) {
  // Lists of what finished are large, and made and freed all the time: giving their memory back
  // to the system each time would cost a tenth of a run of small partitions.
  ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 8 << 20);
  // A reader that goes away is an error of write(), not the end of a run.
  std::signal(SIGPIPE, SIG_IGN);
  return partita::run_cli({argv + 1, argv + argc}, partita::start_zygote);
}
