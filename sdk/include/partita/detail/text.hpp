// Text across the boundary.
#pragma once

#include <partita/abi.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

#pragma GCC visibility push(hidden)
namespace partita::detail {

inline partita_str to_str(std::string_view text) {
  return {text.data(), text.size()};
}

inline std::string_view view(partita_str text) {
  return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}

// In place of std::to_string, whose table of digits becomes a symbol that no unloading removes.
template <class T>
std::string decimal(T number) {
  static_assert(std::is_integral_v<T>);
  char text[24];
  if constexpr (std::is_signed_v<T>) {
    std::snprintf(text, sizeof text, "%lld", static_cast<long long>(number));
  } else {
    std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(number));
  }
  return text;
}

inline std::string in_quotes(std::string_view text) {
  return "`" + std::string(text) + "`";
}

}  // namespace partita::detail
#pragma GCC visibility pop
