// Any text at all as a selection of assets and partitions.
#include "fuzz/fuzz_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return partita::testing::try_text(data, size, partita::testing::fault_of_selection);
}
