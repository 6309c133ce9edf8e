#include <csignal>

#include "cli/cli.hpp"
#include "service/zygote_roles.hpp"

int main(int argc, char** argv) {
  // A reader that goes away is an error of write(), not the end of a run.
  std::signal(SIGPIPE, SIG_IGN);
  return partita::run_cli({argv + 1, argv + argc}, partita::start_zygote);
}
