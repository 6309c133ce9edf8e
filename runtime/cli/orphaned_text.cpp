#include "cli/orphaned_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/next_commands.hpp"
#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

std::string outputs_text(const OrphanedAssetRow& row) {
  if (row.more_output) return "over " + format_size(row.output_bytes);
  return row.output_bytes == 0 ? "" : format_size(row.output_bytes);
}

// Of the first, where there are several.
std::string next_text(const std::string& asset, const Look& look) {
  const std::string name = shell_quoted(asset);
  return next_commands_text({{"partita show " + name, "what is kept of one"},
                             {"partita partitions " + name, "its partitions"},
                             {fmt::format("partita wipe {} --orphans", name), "to forget it"}},
                            look);
}

}  // namespace

std::string orphaned_assets_text(const OrphanedAssetsView& view, const Look& look) {
  if (view.assets.empty()) return {};
  using Fit = Column::Fit;
  Table table({{"ASSET"},
               {"PARTITIONS", Fit::whole, true},
               {"LAST MATERIALIZED"},
               {"OUTPUTS", Fit::whole, true},
               {"STATUS", Fit::wrap}});
  for (const OrphanedAssetRow& row : view.assets) {
    table.add({{row.key, Tone::strong},
               with_thousands(row.partitions),
               {row.latest ? format_instant(row.latest->at) : "never", Tone::faint},
               outputs_text(row),
               counts_text(row.counts, look)});
  }
  return table.text(look) + next_text(view.assets.front().key, look);
}

std::string orphaned_count_text(const OrphanedCount& orphaned) {
  if (orphaned.assets == 0) return {};
  return fmt::format("{}, {}, kept as history; to see which:\npartita list --orphans\n",
                     count_of(orphaned.assets, "asset"),
                     count_of(orphaned.partitions, "partition"));
}

std::string orphaned_notice(const std::string& asset) {
  return fmt::format("no definition has `{}` any more; `partita wipe {} --orphans` forgets it",
                     asset, shell_quoted(asset));
}

std::string orphan_notice(const std::string& asset) {
  return fmt::format(
      "the definition of `{}` no longer has the partition; `partita wipe {} --orphans` forgets all "
      "that it no longer has",
      asset, shell_quoted(asset));
}

}  // namespace partita
