#include "cli/reload_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/list_text.hpp"
#include "cli/notices.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

std::string come_and_go_text(const PartitionsEffect& effect) {
  std::vector<std::string> parts;
  const auto add = [&](std::int64_t count, std::string_view one, std::string_view many) {
    if (count == 0) return;
    parts.push_back(fmt::format("{} {}",
                                parts.empty() ? count_of(count, "key") : with_thousands(count),
                                count == 1 ? one : many));
  };
  add(effect.leave, "leaves", "leave");
  add(effect.come, "comes", "come");
  return parts.empty() ? "the keys stay" : join(parts, ", ");
}

std::string change_text(const PartitionsEffect& effect) {
  std::string text = come_and_go_text(effect);
  if (effect.history == 0) return text;
  const std::string of_some =
      effect.history == effect.leave ? "" : with_thousands(effect.history) + " ";
  return text + fmt::format("; materializations of {}leaving keys are kept as history", of_some);
}

std::string removal_text(const PartitionsEffect& effect) {
  if (effect.history == 0) return "";
  return count_of(effect.history, "materialized partition") +
         (effect.history == 1 ? " is kept as history" : " are kept as history");
}

const PartitionsEffect* effect_on(const ReloadView& view, const std::string& asset) {
  const auto found = std::find_if(view.effects.begin(), view.effects.end(),
                                  [&](const auto& effect) { return effect.asset == asset; });
  return found != view.effects.end() ? &*found : nullptr;
}

Table changes(const ReloadView& view) {
  Table table({{""}, {""}, {"", Column::Fit::wrap}});
  for (const std::string& asset : view.added)
    table.add({{"+", Tone::good}, {asset, Tone::good}, ""});
  for (const std::string& asset : view.removed) {
    const PartitionsEffect* effect = effect_on(view, asset);
    table.add({{"-", Tone::bad},
               {asset, Tone::bad},
               effect != nullptr ? removal_text(*effect) : std::string()});
  }
  for (const auto& [asset, what] : view.changed) {
    table.add({{"~", Tone::warning}, {asset, Tone::strong}, join(what, ", ")});
    if (const PartitionsEffect* effect = effect_on(view, asset))
      table.add({"", "", change_text(*effect)});
  }
  return table;
}

std::string problems_part(const ReloadView& view, const Look& look) {
  std::vector<ProblemView> problems = view.problems;
  if (!view.emptied.empty()) problems.push_back({"", "", emptied_text(view), true});
  return problems.empty() ? "" : "\n" + problems_text(problems, look);
}

std::string problem_counts(const ReloadView& view) {
  const std::int64_t warnings = std::count_if(view.problems.begin(), view.problems.end(),
                                              [](const auto& problem) { return problem.warning; });
  const auto all = static_cast<std::int64_t>(view.problems.size());
  const std::string text = count_of(all - warnings, "problem");
  return warnings == 0 ? text : text + ", " + count_of(warnings, "warning");
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
  return fmt::format("{}; {} {}\n", problem_counts(view),
                     asset_count(view) == 0 ? "no asset" : assets,
                     asset_count(view) <= 1 ? "loads" : "load") +
         problems_part(view, look);
}

}  // namespace partita
