// The progress of a run as text: a frame for terminals, a line for everything else. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/look.hpp"
#include "cli/progress_model.hpp"

namespace partita {

// A bar, and under it the partitions that have run longest with what they last said. Each line fits
// the width.
std::vector<std::string> progress_frame(const ProgressModel& model, const Look& look, Micros now);

// `run 3: 1,204/2,400 done, 2 failed, 4 running, 310/s, 4 s left`.
std::string progress_line(const ProgressModel& model, Micros now);

// `310/s`, `4.2/s`, `12/min`, `3/h`.
std::string rate_text(double per_second);

}  // namespace partita
