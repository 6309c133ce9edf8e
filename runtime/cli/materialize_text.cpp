#include "cli/materialize_text.hpp"

#include <fmt/format.h>

#include <set>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/list_text.hpp"
#include "cli/next_commands.hpp"
#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

std::int64_t assets_in(const PlanView& plan) {
  std::set<std::string_view> assets;
  for (const PlanTaskView& task : plan.tasks) {
    if (!task.conditional) assets.insert(task.asset);
  }
  return static_cast<std::int64_t>(assets.size());
}

std::string tasks_text(const std::vector<PlanTaskView>& tasks, const Look& look) {
  using Fit = Column::Fit;
  Table table(
      {{"ASSET"}, {"COUNT", Fit::whole, true}, {"WHY", Fit::wrap}, {"PARTITIONS", Fit::wrap}});
  for (const PlanTaskView& task : tasks)
    table.add({{task.asset, Tone::strong},
               with_thousands(task.count),
               {task.reason, Tone::faint},
               task.partitions.empty() ? "(unpartitioned)" : partitions_shown(task.partitions)});
  return table.text(look, 2);
}

bool needs_attention(const MaterializeView& view) {
  return count_in(view.counts, DisplayStatus::failed) > 0 ||
         count_in(view.counts, DisplayStatus::upstream_failed) > 0;
}

// As it was asked for, and what that lacks.
std::string with_upstream(const MaterializeView& view) {
  std::string line = "partita materialize " + shell_quoted(view.selection);
  for (const std::string& option : view.options) line += " " + shell_quoted(option);
  return line + " --upstream-missing";
}

std::vector<NextCommand> commands_after(const MaterializeView& view,
                                        const FailureDigest& failures) {
  std::vector<NextCommand> next;
  if (needs_attention(view))
    next.push_back({fmt::format("partita run {}", view.run), "what happened, with backtraces"});
  if (!failures.empty()) {
    const FailureDigest::Group& first = failures.groups().front();
    const std::string name = shell_quoted(partition_name(first.asset, first.key));
    next.push_back({fmt::format("partita logs {} {}", view.run, name), "what it printed"});
  }
  if (view.kind == "check") {
    if (needs_attention(view))
      next.push_back({check_again_command(view.selection, view.options, failures.is_unchecked()),
                      "once it is mended"});
    return next;
  }
  if (view.upstream_would_do)
    next.push_back({with_upstream(view), "with what is missing upstream"});
  else if (needs_attention(view))
    next.push_back({fmt::format("partita retry {}", view.run), "once it is mended"});
  if (view.result == "cancelled")
    next.push_back({fmt::format("partita resume {}", view.run), "go on where this run stopped"});
  return next;
}

std::string problems_after(const PlanView& plan, const Look& look) {
  return plan.problems.empty() ? "" : "\n" + problems_text(plan.problems, look);
}

}  // namespace

std::string plan_text(const PlanView& plan, const Look& look) {
  std::string out =
      fmt::format("as of {}, generation {}\n", format_instant(plan.as_of), plan.generation);
  if (!plan.tasks.empty()) out += "\n" + tasks_text(plan.tasks, look);
  if (!plan.blocked.empty())
    out += "\n" + look.paint(Tone::warning, "held back") + "\n" + tasks_text(plan.blocked, look);
  const std::int64_t count = plan.count();
  if (plan.not_materialized > 0)
    out += fmt::format("\n{} left out: not materialized\n",
                       count_of(plan.not_materialized, "selected partition"));
  if (count == 0)
    return out + (plan.checks_only ? "\nnothing to check\n" : "\nnothing to do\n") +
           problems_after(plan, look);
  const std::int64_t conditional = plan.conditional_count();
  out +=
      fmt::format("\nwould {} {} of {}", plan.checks_only ? "check" : "materialize",
                  count_of(count - conditional, "partition"), count_of(assets_in(plan), "asset"));
  if (conditional > 0)
    out += fmt::format(", and up to {} more where what they read changes",
                       with_thousands(conditional));
  if (plan.eta_seconds > 0) out += fmt::format(", in about {}", format_duration(plan.eta_seconds));
  return out + "\n" + problems_after(plan, look);
}

std::string ending_text(const MaterializeView& view, const FailureDigest& failures,
                        const Look& look) {
  if (view.run == 0) return view.kind == "check" ? "nothing to check\n" : "nothing to do\n";
  const std::string counts = counts_text(view.counts, look);
  std::string what = counts.empty() ? view.result : counts;
  if (view.unchanged > 0) what += fmt::format(", {} unchanged", with_thousands(view.unchanged));
  std::string out =
      fmt::format("{} {} in {}\n", look.paint(Tone::strong, fmt::format("run {}:", view.run)), what,
                  format_duration(view.seconds));
  if (!failures.empty()) out += "\n" + failures.text(look);
  return out + next_commands_text(commands_after(view, failures), look);
}

}  // namespace partita
