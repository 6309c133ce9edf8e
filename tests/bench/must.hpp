// A benchmark has no use for errors: what fails ends it with the message.
#pragma once

#include <fmt/format.h>

#include <cstdlib>

#include "base/result.hpp"

namespace partita::bench {

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}\n", result.error().message);
  std::exit(1);
}

inline void must(const Status& status) {
  if (status) return;
  fmt::print(stderr, "{}\n", status.error().message);
  std::exit(1);
}

}  // namespace partita::bench
