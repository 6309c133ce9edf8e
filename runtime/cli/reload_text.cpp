#include "cli/reload_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/list_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

Table changes(const ReloadView& view) {
  Table table({{""}, {""}, {"", Column::Fit::wrap}});
  for (const std::string& asset : view.added)
    table.add({{"+", Tone::good}, {asset, Tone::good}, ""});
  for (const std::string& asset : view.removed)
    table.add({{"-", Tone::bad}, {asset, Tone::bad}, ""});
  for (const auto& [asset, what] : view.changed)
    table.add({{"~", Tone::warning}, {asset, Tone::strong}, join(what, ", ")});
  return table;
}

std::string problems_part(const ReloadView& view, const Look& look) {
  return view.problems.empty() ? "" : "\n" + problems_text(view.problems, look);
}

std::int64_t asset_count(const ReloadView& view) {
  return view.unchanged + static_cast<std::int64_t>(view.added.size() + view.changed.size());
}

}  // namespace

std::string reload_text(const ReloadView& view, bool dry_run, const Look& look) {
  const Table table = changes(view);
  std::string out = look.paint(Tone::strong, fmt::format("generation {}", view.generation));
  if (table.empty()) {
    out += fmt::format(": nothing changed, {}\n", count_of(view.unchanged, "asset"));
  } else {
    out += dry_run ? ": would change\n" : "\n";
    out += table.text(look, 2);
    if (view.unchanged > 0)
      out +=
          look.paint(Tone::faint, fmt::format("  {} unchanged", with_thousands(view.unchanged))) +
          "\n";
  }
  return out + problems_part(view, look);
}

std::string check_text(const ReloadView& view, const Look& look) {
  const std::string assets = count_of(asset_count(view), "asset");
  if (!view.failed())
    return look.paint(Tone::good, "ok:") + " " + assets + " load and validate\n" +
           problems_part(view, look);
  const auto problems = static_cast<std::int64_t>(view.problems.size());
  return fmt::format("{} in {} and their plugins\n", count_of(problems, "problem"), assets) +
         problems_part(view, look);
}

}  // namespace partita
