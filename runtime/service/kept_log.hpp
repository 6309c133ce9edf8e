// Where what an attempt printed is kept: with itself, or, where a batch ended as a whole, once with
// one of its partitions.
#pragma once

#include <string>

#include "store/store.hpp"

namespace partita {

struct KeptLog {
  std::string text;
  std::string key;  // of the other partition that has it; empty: the attempt itself
};

// `attempt` is read back with its event, and has what was captured of it.
Result<KeptLog> log_of(AttemptRecord attempt, Store& store);

}  // namespace partita
