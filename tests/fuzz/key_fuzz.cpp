// Any text at all as the key or the identity of a partition.
#include "fuzz/fuzz_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return partita::testing::try_text(data, size, partita::testing::fault_of_key);
}
