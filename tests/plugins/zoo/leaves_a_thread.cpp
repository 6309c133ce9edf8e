#include <unistd.h>

#include <thread>

#include "animal.hpp"

PARTITA_NOTE("leaves_a_thread", "c++");

ENTRY(host) {
  std::thread([] { ::pause(); }).detach();
  return empty_plugin();
}
