#include "cli/run_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/failure_digest.hpp"
#include "cli/next_commands.hpp"
#include "cli/runs_text.hpp"
#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

constexpr std::size_t kLastLines = 10;

std::string plan_words(const Json& task) {
  const std::string& partitions = task["partitions"].as_string();
  const std::string name =
      task["asset"].as_string() + (partitions.empty() ? "" : "@" + partitions_shown(partitions));
  return fmt::format("{} ({})", name, with_thousands(task["count"].as_int()));
}

std::vector<std::string> plan_lines(const Json& plan, std::size_t limit) {
  std::vector<std::string> lines;
  const auto& tasks = plan.as_array();
  for (const Json& task : tasks) {
    if (limit > 0 && lines.size() == limit) break;
    lines.push_back(plan_words(task));
  }
  const auto more = static_cast<std::int64_t>(tasks.size() - lines.size());
  if (more > 0) lines.push_back(fmt::format("and {} more", with_thousands(more)));
  return lines;
}

std::string summary_text(const RunView& view, std::size_t limit, const Look& look) {
  const RunRow& row = view.row;
  const std::string kind = row.kind == "materialize" ? "" : row.kind + "  ";
  std::string out = look.paint(Tone::strong, fmt::format("run {}", row.run)) + "  " + kind +
                    look.paint(tone_of_result(row.result), row.result) + "\n\n";
  Table facts({{""}, {"", Column::Fit::wrap}});
  const auto add = [&](const char* name, std::string value) {
    facts.add({{name, Tone::faint}, std::move(value)});
  };
  add("selection", selection_words(row));
  add("started",
      fmt::format("{}, {} {}", format_instant(row.started),
                  row.result == "running" ? "runs for" : "took", format_duration(row.seconds)));
  add("as of", fmt::format("{}, generation {}", format_instant(row.as_of), row.generation));
  const std::string counts = counts_text(row.counts, look);
  add("partitions", fmt::format("{} planned{}", with_thousands(row.planned),
                                counts.empty() ? "" : ": " + counts));
  const char* name = "plan";
  for (std::string& line : plan_lines(view.plan, limit))
    add(std::exchange(name, ""), std::move(line));
  return out + facts.text(look, 2);
}

// The last lines that were printed, without what a terminal would act on.
std::string last_lines(std::string_view text) {
  std::vector<std::string> lines = split(trim(text), '\n');
  const std::size_t first = lines.size() > kLastLines ? lines.size() - kLastLines : 0;
  std::string out;
  for (std::size_t i = first; i < lines.size(); ++i) out += printable_line(lines[i]) + "\n";
  return out;
}

std::string section(std::string_view title, std::string_view body, const Look& look) {
  if (body.empty()) return {};
  return "    " + look.paint(Tone::faint, title) + "\n" + indented(body, "      ");
}

std::vector<std::string> checks_not_passed(const AttemptView& attempt) {
  std::vector<std::string> lines;
  for (const CheckResultView& check : attempt.checks) {
    const std::string why = check.reason.empty() ? "" : ": " + printable_line(check.reason);
    const char* what = check.ran ? "not passed" : "errored";
    if (!check.passed) lines.push_back(fmt::format("{} {}{}", check.name, what, why));
  }
  return lines;
}

std::string checks_text(const AttemptView& attempt) {
  const std::vector<std::string> lines = checks_not_passed(attempt);
  return lines.empty() ? std::string() : join(lines, "\n") + "\n";
}

std::string why_text(const AttemptView& attempt) {
  return attempt.error ? failure_line(*attempt.error) : printable_line(attempt.reason);
}

std::string earlier_text(const AttemptView& attempt, const Look& look) {
  std::string out;
  for (const AttemptView& one : attempt.earlier) {
    const std::string line =
        fmt::format("{}: {}, {}", one.attempts, format_duration(one.seconds), why_text(one));
    out += join(wrapped(line, look.width - 6), "\n") + "\n";
  }
  return out;
}

std::string failure_text(const AttemptView& attempt, const RunTextOptions& options,
                         const Look& look) {
  std::string out = "  " + look.paint(Tone::bad, partition_name(attempt.asset, attempt.key));
  out += "  " + look.paint(Tone::faint, format_duration(attempt.seconds));
  if (attempt.attempts > 1)
    out += look.paint(Tone::faint, fmt::format(", {} attempts", attempt.attempts));
  out += "\n";
  out += indented(join(wrapped(why_text(attempt), look.width - 4), "\n") + "\n", "    ");
  out += section("attempts before", earlier_text(attempt, look), look);
  out += section("checks", checks_text(attempt), look);
  if (attempt.error && !attempt.error->backtrace.empty())
    out += section("backtrace", std::string(trim(attempt.error->backtrace)) + "\n", look);
  for (const PrintedOutput& printed : options.outputs) {
    if (printed.asset == attempt.asset && printed.key == attempt.key && !trim(printed.text).empty())
      out += section("last output", last_lines(printed.text), look);
  }
  return out;
}

std::string remark_text(const AttemptView& attempt) {
  if (attempt.earlier.empty() && attempt.reason.empty())
    return join(checks_not_passed(attempt), "; ");
  if (attempt.earlier.empty()) return printable_line(attempt.reason);
  return fmt::format("attempt {}, after: {}", attempt.attempts, why_text(attempt.earlier.back()));
}

std::string others_text(const std::vector<AttemptView>& attempts, const Look& look) {
  Table table({{""}, {""}, {"", Column::Fit::whole, true}, {"", Column::Fit::wrap}});
  for (const AttemptView& attempt : attempts) {
    if (attempt.status == DisplayStatus::failed) continue;
    table.add(
        {{partition_name(attempt.asset, attempt.key)},
         {attempt.status == DisplayStatus::upstream_failed ? "held back" : to_text(attempt.status),
          tone_of(attempt.status)},
         {attempt.seconds > 0 ? format_duration(attempt.seconds) : "", Tone::faint},
         remark_text(attempt)});
  }
  return table.text(look, 2);
}

std::string truncation_text(std::size_t shown) {
  const std::string what =
      shown == 1 ? "only the first is shown" : fmt::format("the first {} are shown", shown);
  return what + "; --limit N for more\n";
}

// What the attempts before the last printed, of the first partition that has any.
void add_earlier_logs(const RunView& view, std::vector<NextCommand>& next) {
  const auto retried =
      std::find_if(view.partitions.begin(), view.partitions.end(),
                   [](const AttemptView& attempt) { return !attempt.earlier.empty(); });
  if (retried == view.partitions.end()) return;
  next.push_back({fmt::format("partita logs {} {} --attempt {}", view.row.run,
                              shell_quoted(partition_name(retried->asset, retried->key)),
                              retried->earlier.back().attempts),
                  "what an attempt before printed"});
}

// Some failed before any check of theirs came to a result.
bool is_unchecked(const RunView& view) {
  return std::any_of(view.partitions.begin(), view.partitions.end(), [](const AttemptView& one) {
    return one.status == DisplayStatus::failed && one.checks.empty();
  });
}

std::vector<NextCommand> commands_after(const RunView& view, const AttemptView* failed) {
  std::vector<NextCommand> next;
  const bool has_rest = view.row.kind == "materialize" && view.row.result == "cancelled";
  const NextCommand resume{fmt::format("partita resume {}", view.row.run),
                           "go on where this run stopped"};
  if (failed == nullptr) {
    add_earlier_logs(view, next);
    if (has_rest) next.push_back(resume);
    return next;
  }
  const std::string name = shell_quoted(partition_name(failed->asset, failed->key));
  NextCommand again{fmt::format("partita retry {}", view.row.run), "once it is mended"};
  if (view.row.kind == "check")
    again = {check_again_command(view.row.selection, view.row.options, is_unchecked(view)),
             "once it is mended"};
  next.push_back({fmt::format("partita logs {} {}", view.row.run, name), "all that it printed"});
  add_earlier_logs(view, next);
  next.push_back(std::move(again));
  if (has_rest) next.push_back(resume);
  return next;
}

}  // namespace

std::string run_text(const RunView& view, const RunTextOptions& options, const Look& look) {
  std::string out = summary_text(view, options.limit, look);
  const AttemptView* first_failed = nullptr;
  for (const AttemptView& attempt : view.partitions) {
    if (attempt.status != DisplayStatus::failed) continue;
    out += first_failed == nullptr ? "\n" + look.paint(Tone::strong, "failed") + "\n" : "\n";
    if (first_failed == nullptr) first_failed = &attempt;
    out += failure_text(attempt, options, look);
  }
  const std::string others = options.failed_only ? "" : others_text(view.partitions, look);
  if (!others.empty()) out += "\n" + look.paint(Tone::strong, "partitions") + "\n" + others;
  if (view.truncated) out += "\n" + truncation_text(view.partitions.size());
  return out + next_commands_text(commands_after(view, first_failed), look);
}

}  // namespace partita
