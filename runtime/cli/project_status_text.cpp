#include "cli/project_status_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/list_text.hpp"
#include "cli/notices.hpp"
#include "cli/orphaned_text.hpp"
#include "cli/runs_text.hpp"
#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

std::string heading(std::string_view title, const Look& look) {
  return "\n" + look.paint(Tone::strong, title) + "\n";
}

std::string attention_list(const std::vector<AssetRow>& assets, const Look& look) {
  Table table({{""}, {"", Column::Fit::wrap}});
  for (const AssetRow& asset : assets) {
    const std::string counts = remarks_text(asset, look);
    const std::string blocked =
        asset.blocked.empty() ? "" : look.paint(Tone::bad, "cannot run: ") + asset.blocked;
    table.add({{asset.key, Tone::strong}, counts.empty() ? blocked : counts});
  }
  return table.text(look, 2);
}

std::string checks_text(const StatusView& view) {
  const auto assets =
      std::count_if(view.attention.begin(), view.attention.end(),
                    [](const AssetRow& asset) { return asset.checks_not_passed > 0; });
  return fmt::format("{} of {}; to see which:\npartita check run --failed --dry-run\n",
                     count_of(view.checks_not_passed, "partition"), count_of(assets, "asset"));
}

}  // namespace

std::string project_status_text(const StatusView& view, const Look& look) {
  std::string out = fmt::format(
      "{}  {}, {}, generation {}\n", look.paint(Tone::strong, view.project),
      count_of(view.assets, "asset"), count_of(view.partitions, "partition"), view.generation);
  std::string counts = counts_text(view.counts, look);
  if (view.stale > 0)
    counts += "; " + look.paint(Tone::warning, with_thousands(view.stale) + " stale");
  if (!counts.empty()) out += "  " + counts + "\n";
  if (!view.attention.empty())
    out += heading("needs attention", look) + attention_list(view.attention, look);
  if (view.checks_not_passed > 0)
    out += heading("checks not passed", look) + indented(checks_text(view), "  ");
  if (const std::string orphaned = orphaned_count_text(view.orphaned); !orphaned.empty())
    out += heading("no longer defined", look) + indented(orphaned, "  ");
  if (!view.interrupted.empty()) {
    out += heading("interrupted", look);
    for (const RunRow& run : view.interrupted) out += indented(interrupted_text(run) + "\n", "  ");
  }
  if (!view.recent.empty()) out += heading("recent runs", look) + runs_text(view.recent, look, 2);
  if (!view.problems.empty())
    out += heading("problems", look) + indented(problems_text(view.problems, look), "  ");
  return out;
}

}  // namespace partita
