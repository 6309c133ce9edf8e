#include "cli/runs_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

// `2024-01-31 10:00`, UTC.
std::string minute_text(Instant instant) {
  std::string text = format_instant(instant);
  text[10] = ' ';
  return text.substr(0, 16);
}

// A partition that had nothing to do is done too.
std::string done_text(const RunRow& run) {
  const std::int64_t done = count_in(run.counts, DisplayStatus::materialized) +
                            count_in(run.counts, DisplayStatus::passed) +
                            count_in(run.counts, DisplayStatus::skipped);
  return fmt::format("{}/{}", with_thousands(done), with_thousands(run.planned));
}

}  // namespace

Tone tone_of_result(std::string_view result) {
  if (result == "success") return Tone::good;
  if (result == "failed") return Tone::bad;
  if (result == "running") return Tone::accent;
  return Tone::warning;
}

std::string selection_words(const RunRow& run) {
  std::string words = run.selection;
  for (const std::string& option : run.options) words += " " + shell_quoted(option);
  return words;
}

std::string runs_text(const std::vector<RunRow>& runs, const Look& look, int indent) {
  using Fit = Column::Fit;
  Table table({{"RUN", Fit::whole, true},
               {"RESULT"},
               {"STARTED, UTC"},
               {"TOOK", Fit::whole, true},
               {"DONE", Fit::whole, true},
               {"SELECTION", Fit::clip}});
  for (const RunRow& run : runs) {
    std::string took = format_duration(run.seconds);
    if (run.result == "running") took += " so far";
    table.add(
        {{std::to_string(run.run), Tone::strong},
         {run.result, tone_of_result(run.result)},
         {minute_text(run.started), Tone::faint},
         took,
         done_text(run),
         run.kind == "materialize" ? selection_words(run) : run.kind + " " + selection_words(run)});
  }
  return table.text(look, indent);
}

}  // namespace partita
