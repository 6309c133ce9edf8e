// The answer of `run` for people: one run, with what failed in full. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

// What one partition printed, to show with its failure.
struct PrintedOutput {
  std::string asset, key, text;
};

struct RunTextOptions {
  bool failed_only = false;
  std::vector<PrintedOutput> outputs;
  std::size_t limit = 0;  // of the plan's lines; 0: all
};

std::string run_text(const RunView& view, const RunTextOptions& options, const Look& look);

}  // namespace partita
