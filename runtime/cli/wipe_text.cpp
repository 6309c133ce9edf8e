#include "cli/wipe_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/next_commands.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

std::string wiped_table(const std::vector<WipedView>& wiped, const Look& look) {
  using Fit = Column::Fit;
  Table table({{""}, {"", Fit::whole, true}, {"", Fit::whole}, {"", Fit::clip}});
  for (const WipedView& one : wiped) {
    std::string made = fmt::format("{} materialized", with_thousands(one.materialized));
    if (one.outputs > 0) made += fmt::format(", {}", count_of(one.outputs, "output"));
    if (!one.reason.empty()) made = one.reason;
    table.add({{one.asset, Tone::strong},
               with_thousands(one.count),
               {std::move(made), Tone::faint},
               partitions_shown(one.partitions)});
  }
  return table.text(look, 2);
}

std::int64_t total(const std::vector<WipedView>& wiped) {
  std::int64_t sum = 0;
  for (const WipedView& one : wiped) sum += one.count;
  return sum;
}

}  // namespace

std::string wipe_text(const WipeView& view, const Look& look) {
  if (view.assets.empty()) return "nothing is known of these partitions: nothing to wipe\n";
  const std::string what = count_of(view.count(), "partition");
  std::string out = view.wipe == 0 ? fmt::format("{} to forget:\n", what)
                                   : fmt::format("wipe {}: {} forgotten\n", view.wipe, what);
  out += wiped_table(view.assets, look);
  if (view.wipe == 0) return out;
  return out +
         next_commands_text(
             {{fmt::format("partita wipe --undo {}", view.wipe), "to bring them back"}}, look);
}

std::string undone_wipe_text(const UndoneWipeView& view, const Look& look) {
  std::string out = fmt::format("wipe {} undone: {} brought back\n", view.wipe,
                                count_of(total(view.restored), "partition"));
  out += wiped_table(view.restored, look);
  if (view.refused.empty()) return out;
  out += fmt::format("{} left as they are\n", with_thousands(total(view.refused)));
  return out + wiped_table(view.refused, look);
}

std::string wipes_text(const std::vector<WipeRow>& wipes, const Look& look) {
  using Fit = Column::Fit;
  Table table({{"WIPE", Fit::whole, true},
               {"AT, UTC"},
               {"PARTITIONS", Fit::whole, true},
               {"OUTPUTS", Fit::whole, true},
               {""},
               {"SELECTION", Fit::clip}});
  for (const WipeRow& wipe : wipes) {
    const char* state = wipe.undone > 0 ? "undone" : wipe.purged ? "purged" : "";
    table.add({{std::to_string(wipe.wipe), Tone::strong},
               {format_instant(wipe.at), Tone::faint},
               with_thousands(wipe.partitions),
               with_thousands(wipe.outputs),
               state,
               wipe.selection});
  }
  return table.text(look);
}

}  // namespace partita
