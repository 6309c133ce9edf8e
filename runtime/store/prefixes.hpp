// Texts of a sorted sequence, each written as what it shares with the one before and the rest.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace partita {

inline void write_after(ByteWriter& out, std::string_view previous, std::string_view text) {
  const auto shorter = std::min(previous.size(), text.size());
  std::size_t shared = 0;
  while (shared < shorter && previous[shared] == text[shared]) ++shared;
  out.u64(shared);
  out.text(text.substr(shared));
}

// Turns the text before into this one.
inline void read_after(ByteReader& in, std::string& text) {
  const auto shared = in.u64();
  if (shared < text.size()) text.resize(shared);
  text += in.text();
}

}  // namespace partita
