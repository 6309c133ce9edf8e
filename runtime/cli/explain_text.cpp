#include "cli/explain_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/metadata_text.hpp"
#include "cli/next_commands.hpp"
#include "cli/orphaned_text.hpp"
#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

using Freshness = ExplainView::Freshness;

std::string heading(std::string_view title, const Look& look) {
  return "\n" + look.paint(Tone::strong, title) + "\n";
}

std::string status_line(const ExplainView& view, const Look& look) {
  std::string line = look.paint(tone_of(view.status), to_text(view.status));
  if (view.freshness == Freshness::fresh) line += ", " + look.paint(Tone::good, "fresh");
  if (view.freshness == Freshness::stale) line += ", " + look.paint(Tone::warning, "stale");
  if (view.freshness == Freshness::unknown)
    line += ", " + look.paint(Tone::warning, "of unknown freshness");
  if (view.status == DisplayStatus::failed && view.made)
    line += fmt::format(" (materialized before, by run {})", view.made->run);
  return line;
}

std::string code_text(const ExplainView& view) {
  if (view.code_version.empty()) return "no version declared: changes of code make nothing stale";
  if (!view.code_is_automatic) return fmt::format("version {}, declared", view.code_version);
  return fmt::format("version {}, from the plugin's code", view.code_version);
}

bool is_in_order(const ExplainView& view) {
  return view.status == DisplayStatus::materialized && view.freshness == Freshness::fresh;
}

// Of what is there, and was attempted in vain since.
std::string last_attempt_text(const ExplainView& view) {
  if (view.status != DisplayStatus::materialized || view.attempts.empty()) return {};
  const ExplainView::Attempt& last = view.attempts.front();
  if (last.status == DisplayStatus::materialized) return {};
  const char* how =
      last.status == DisplayStatus::upstream_failed ? "held back" : to_text(last.status);
  return fmt::format("{} in run {}{}{}", how, last.run, last.reason.empty() ? "" : ": ",
                     printable_line(last.reason));
}

// As history: no definition has it.
bool is_kept_only(const ExplainView& view) {
  return view.orphaned || view.orphan;
}

std::string facts_text(const ExplainView& view, const Look& look) {
  Table facts({{"", Column::Fit::whole}, {"", Column::Fit::wrap}});
  const auto add = [&](const char* name, const std::string& value, Tone tone = Tone::plain) {
    if (!value.empty()) facts.add({{name, Tone::faint}, {value, tone}});
  };
  add("status", status_line(view, look));
  add("because", printable_line(view.status_reason));
  add("last attempt", last_attempt_text(view));
  for (const ExplainView::Reason& reason : view.reasons)
    add(view.freshness == Freshness::stale ? "stale because" : "not known",
        printable_line(reason.text), Tone::warning);
  if (!is_kept_only(view)) add("code", code_text(view));
  if (view.made) {
    add("made", fmt::format("{} by run {}", format_instant(view.made->at), view.made->run));
    add("data version", view.made->data_version);
    add("output", view.made->output_dir);
  }
  if (view.orphaned) add("orphaned", orphaned_notice(view.asset), Tone::warning);
  if (view.orphan) add("orphan", orphan_notice(view.asset), Tone::warning);
  if (!is_in_order(view)) add("held back", view.held_back, Tone::warning);
  return facts.text(look, 2);
}

std::string upstream_text(const ExplainView& view, const Look& look) {
  if (view.upstream.empty()) return {};
  Table table({{""}, {""}, {"", Column::Fit::wrap}});
  for (const ExplainView::Upstream& one : view.upstream) {
    table.add({{partition_name(one.asset, one.key), Tone::strong},
               {to_text(one.status), tone_of(one.status)},
               {one.note, Tone::warning}});
  }
  std::string out = heading("made of", look) + table.text(look, 2);
  const auto shown = static_cast<std::int64_t>(view.upstream.size());
  if (view.upstream_count > shown)
    out += fmt::format("  and {} more\n", with_thousands(view.upstream_count - shown));
  return out;
}

std::string earlier_attempts_text(const ExplainView& view) {
  const std::int64_t more = view.attempt_count - static_cast<std::int64_t>(view.attempts.size());
  if (more == 0) return {};
  return fmt::format("  and {}: partita explain {} --attempts 0\n",
                     count_of(more, "earlier attempt"),
                     shell_quoted(partition_name(view.asset, view.key)));
}

std::string attempts_text(const ExplainView& view, const Look& look) {
  if (view.attempts.empty()) return {};
  const bool numbered = std::any_of(view.attempts.begin(), view.attempts.end(),
                                    [](const auto& attempt) { return attempt.number > 1; });
  Table table({{"RUN", Column::Fit::whole, true},
               {numbered ? "ATTEMPT" : "", Column::Fit::whole, true},
               {"ENDED"},
               {"STATUS"},
               {"TOOK"},
               {"REASON", Column::Fit::wrap}});
  for (const ExplainView::Attempt& attempt : view.attempts) {
    table.add({std::to_string(attempt.run),
               numbered ? std::to_string(attempt.number) : "",
               {format_instant(attempt.at), Tone::faint},
               {to_text(attempt.status), tone_of(attempt.status)},
               attempt.seconds > 0 ? format_duration(attempt.seconds) : "",
               printable_line(attempt.reason)});
  }
  return heading("attempts", look) + table.text(look, 2) + earlier_attempts_text(view);
}

std::string check_remark(const CheckResultView& check) {
  std::vector<std::string> parts;
  if (!check.reason.empty()) parts.push_back(printable_line(check.reason));
  for (const auto& [name, entry] : check.metadata)
    parts.push_back(fmt::format("{} {}", name, printable_line(value_text(entry))));
  return join(parts, "; ");
}

std::string checks_text(const ExplainView& view, const Look& look) {
  if (view.checks.empty()) return {};
  Table table({{""}, {""}, {""}, {"", Column::Fit::wrap}});
  for (const LastCheckView& check : view.checks) {
    const CheckResultView& result = check.result;
    const Tone bad = result.warning ? Tone::warning : Tone::bad;
    const bool has_run = check.run != 0;
    table.add({result.name,
               {!has_run        ? "not run"
                : result.passed ? "passed"
                : result.ran    ? "not passed"
                                : "errored",
                !has_run        ? Tone::faint
                : result.passed ? Tone::good
                                : bad},
               {has_run ? fmt::format("run {}", check.run) : "", Tone::faint},
               check_remark(result)});
  }
  return heading("checks", look) + table.text(look, 2);
}

NextCommand report_command(const std::string& asset, const std::string& key) {
  const std::string of = key.empty() ? "" : " " + shell_quoted(key);
  return {fmt::format("partita report {}{}", asset, of), "once it is made"};
}

// Of what is held back: from what it lacks.
std::vector<NextCommand> commands_on_upstream(const ExplainView& view) {
  using Kind = ExplainView::Upstream::Kind;
  const std::string name = shell_quoted(partition_name(view.asset, view.key));
  if (view.upstream_would_do)
    return {{fmt::format("partita materialize {} --upstream-missing", name),
             "with what is missing upstream"}};
  for (const ExplainView::Upstream& one : view.upstream) {
    const bool is_there = one.status == DisplayStatus::materialized ||
                          one.status == DisplayStatus::skipped || one.kind == Kind::nonexistent;
    if (is_there) continue;
    if (one.kind == Kind::external) return {report_command(one.asset, one.key)};
    const std::string lacking = shell_quoted(partition_name(one.asset, one.key));
    return {{fmt::format("partita explain {}", lacking), "what holds that back"}};
  }
  return {};
}

// Where what the last attempt printed is, if it failed, and the one before it in its run.
void add_logs(const ExplainView& view, std::vector<NextCommand>& next) {
  const ExplainView::Attempt& last = view.attempts.front();
  const std::string name = shell_quoted(partition_name(view.asset, view.key));
  if (view.status == DisplayStatus::failed && view.output_key.empty())
    next.push_back({fmt::format("partita logs {} {}", last.run, name), "all that it printed"});
  if (view.status == DisplayStatus::failed && !view.output_key.empty())
    next.push_back({fmt::format("partita logs {} {}", last.run,
                                shell_quoted(partition_name(view.asset, view.output_key))),
                    "all that its batch printed"});
  if (last.number > 1)
    next.push_back({fmt::format("partita logs {} {} --attempt {}", last.run, name, last.number - 1),
                    "what the attempt before printed"});
}

std::string next_text(const ExplainView& view, const Look& look) {
  const std::string name = shell_quoted(partition_name(view.asset, view.key));
  std::vector<NextCommand> next;
  if (view.live_run != 0) {
    if (view.status == DisplayStatus::running)
      next.push_back({fmt::format("partita logs {} {} -f", view.live_run, name),
                      "what it prints from now on"});
    return next_commands_text(next, look);
  }
  if (!view.attempts.empty()) add_logs(view, next);
  if (is_in_order(view) || is_kept_only(view)) return next_commands_text(next, look);
  if (view.is_external) {
    next.push_back(report_command(view.asset, view.key));
  } else if (!view.held_back.empty()) {
    for (NextCommand& command : commands_on_upstream(view)) next.push_back(std::move(command));
  } else {
    next.push_back({fmt::format("partita materialize {}", name), "run it"});
  }
  return next_commands_text(next, look);
}

}  // namespace

std::string explain_text(const ExplainView& view, const Look& look) {
  std::string out = look.paint(Tone::strong, partition_name(view.asset, view.key)) + "\n\n" +
                    facts_text(view, look) + upstream_text(view, look) + checks_text(view, look) +
                    attempts_text(view, look);
  if (!view.output.empty()) {
    out +=
        heading(view.output_key.empty() ? "the last attempt printed" : "its batch printed", look);
    for (const std::string& line : split(view.output, '\n'))
      if (!line.empty()) out += "  " + printable_line(line) + "\n";
  }
  return out + next_text(view, look);
}

}  // namespace partita
