// ProgressPrinter: shows a ProgressModel as it changes, to a terminal, to a log, or not at all.
//
// Each writes whole pieces of text to where it was told. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cli/look.hpp"
#include "cli/progress_model.hpp"

namespace partita {

class ProgressPrinter {
 public:
  virtual ~ProgressPrinter() = default;
  // A line that stays.
  virtual void say(std::string_view line) = 0;
  // Called often; shows the model when it is time to.
  virtual void show(const ProgressModel& model, Micros now) = 0;
  // Takes away what does not stay.
  virtual void close() = 0;
};

using WriteText = std::function<void(std::string_view)>;
using LookNow = std::function<Look()>;  // a terminal's width changes

// One frame that is drawn again in its place, at most ten times a second.
std::unique_ptr<ProgressPrinter> terminal_printer(WriteText write, LookNow look);

// A line every ten seconds.
std::unique_ptr<ProgressPrinter> plain_printer(WriteText write);

std::unique_ptr<ProgressPrinter> silent_printer();

}  // namespace partita
