#include <cstdio>
#include <iostream>

#include <partita/plugin.hpp>

PARTITA_PLUGIN(prints_in_define, defs) {
  std::printf("defining\n");
  std::cerr << "a warning" << std::endl;
  defs.asset("printed") = [](partita::Run&) {};
}
