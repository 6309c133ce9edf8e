#include "cli/notices.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/next_commands.hpp"

namespace partita {
namespace {

void add_part(std::vector<std::string>& parts, std::size_t count, std::string_view what) {
  if (count == 0) return;
  const auto number = static_cast<std::int64_t>(count);
  parts.push_back(parts.empty() ? fmt::format("{} {}", count_of(number, "asset"), what)
                                : fmt::format("{} {}", with_thousands(number), what));
}

std::string short_list(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 3;
  const std::size_t shown = std::min(names.size(), kMost);
  const std::string text = join({names.data(), shown}, ", ");
  return shown < names.size() ? text + ", ..." : text;
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

std::string emptied_text(const ReloadView& view) {
  std::string text = join(view.emptied, ", ") + (view.emptied.size() == 1 ? " is" : " are") +
                     " empty, and had plugins";
  if (!view.removed.empty())
    text += fmt::format(": {} removed ({})",
                        count_of(static_cast<std::int64_t>(view.removed.size()), "asset"),
                        short_list(view.removed));
  return text +
         "; once the plugins are back there, or what was mounted is mounted again, the assets are "
         "back with all that is known of them";
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
    return fmt::format("run {} was interrupted; it ran checks:\n{}", run.run,
                       check_command_line(run.selection, run.options));
  return fmt::format(
      "run {} was interrupted with {} of {} materialized; to go on:\n"
      "partita resume {}",
      run.run, with_thousands(done), count_of(run.planned, "partition"), run.run);
}

std::string problem_text(const ProblemView& problem) {
  const std::string message = printable_line(problem.message);
  const bool named = message.find(problem.plugin) != std::string::npos;
  return named ? message : problem.plugin + ": " + message;
}

}  // namespace partita
