// Tables from the other side, which may be older or newer than this header.
#pragma once

#include <partita/abi.h>
#include <partita/detail/text.hpp>
#include <partita/errors.hpp>

#include <cstring>
#include <string>
#include <type_traits>

#pragma GCC visibility push(hidden)
namespace partita::detail {

// The part of the table that both sides know; the rest is zero, and a null function is one that the
// other side lacks.
template <class T>
T received(const T* table, const char* name) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (table == nullptr) throw Failed(std::string("receive ") + name + ": null");
  if (table->size < 8 || table->size > 4096) {
    throw Failed(std::string("receive ") + name + ": impossible size " + decimal(table->size));
  }
  T copy{};
  std::memcpy(&copy, table, table->size < sizeof(T) ? table->size : sizeof(T));
  return copy;
}

template <class T>
T sized() {
  T table{};
  table.size = sizeof(T);
  return table;
}

}  // namespace partita::detail
#pragma GCC visibility pop
