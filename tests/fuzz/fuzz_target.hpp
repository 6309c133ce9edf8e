// A libFuzzer target that tries one property of texts and says what does not hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "support/text_properties.hpp"

namespace partita::testing {

template <class Fault>
int try_text(const std::uint8_t* data, std::size_t size, const Fault& fault_of) {
  const std::string fault = fault_of({reinterpret_cast<const char*>(data), size});
  if (fault.empty()) return 0;
  std::fprintf(stderr, "%s\n", fault.c_str());
  std::abort();
}

}  // namespace partita::testing
