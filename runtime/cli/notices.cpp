#include "cli/notices.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/display_text.hpp"

namespace partita {
namespace {

void add_part(std::vector<std::string>& parts, std::size_t count, std::string_view what) {
  if (count == 0) return;
  const auto number = static_cast<std::int64_t>(count);
  parts.push_back(parts.empty() ? fmt::format("{} {}", count_of(number, "asset"), what)
                                : fmt::format("{} {}", with_thousands(number), what));
}

std::vector<std::string> parts_of(const ReloadView& view) {
  std::vector<std::string> parts;
  add_part(parts, view.added.size(), "added");
  add_part(parts, view.changed.size(), "changed");
  add_part(parts, view.removed.size(), "removed");
  return parts;
}

}  // namespace

std::string taken_over_text(const ReloadView& view) {
  const std::vector<std::string> parts = parts_of(view);
  if (parts.empty()) return fmt::format("took over generation {}: same assets", view.generation);
  return fmt::format("took over generation {}: {}", view.generation, join(parts, ", "));
}

std::string left_to_dev_text(const ReloadView& view) {
  return fmt::format(
      "the plugins differ from the definitions in use: {}; a running `partita dev` "
      "takes them over, or `partita reload` now",
      join(parts_of(view), ", "));
}

std::string interrupted_text(const RunRow& run) {
  const auto found = run.counts.find(DisplayStatus::materialized);
  const std::int64_t done = found != run.counts.end() ? found->second : 0;
  if (run.kind == "check")
    return fmt::format("run {} was interrupted; it ran checks:\npartita check run {}", run.run,
                       shell_quoted(run.selection));
  return fmt::format(
      "run {} was interrupted with {} of {} materialized; to go on:\n"
      "partita resume {}",
      run.run, with_thousands(done), count_of(run.planned, "partition"), run.run);
}

std::string problem_text(const ProblemView& problem) {
  const std::string message = printable_line(problem.message);
  return problem.plugin.empty() ? message : problem.plugin + ": " + message;
}

}  // namespace partita
