// Asks for memory, which it does not touch, for as long as it gets some.
#include <vector>

#include "animal.hpp"

PARTITA_NOTE("eats_memory", "c++");

__attribute__((constructor)) static void begin() {
  constexpr std::size_t kPiece = std::size_t{1} << 28U;
  static std::vector<char*> pieces;
  for (;;) pieces.push_back(new char[kPiece]);
}

ENTRY(host) {
  return empty_plugin();
}
