#include <unistd.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/materialize_and_tell.hpp"
#include "cli/materialize_request.hpp"
#include "cli/materialize_text.hpp"
#include "cli/plan.hpp"
#include "cli/run_events.hpp"
#include "cli/run_progress.hpp"
#include "cli/status_text.hpp"

namespace partita {
namespace {

std::unique_ptr<ProgressPrinter> printer_for(Output& output) {
  if (output.json() || output.quiet()) return silent_printer();
  WriteText write = [&output](std::string_view text) { output.write_narration(text); };
  if (!output.narration_look().terminal) return plain_printer(std::move(write));
  return terminal_printer(std::move(write), [&output] {
    Look look = output.narration_look();
    look.width = decide_look(facts_of(STDERR_FILENO), ColorChoice::automatic).width;
    return look;
  });
}

int exit_code_after(const MaterializeView& view, const RunProgress& progress,
                    const Interrupts& interrupts) {
  if (view.timed_out && view.result != "success") return kExitTimeout;
  if (interrupts.count() > 0 && view.result != "success")
    return exit_code_of_signal(interrupts.last_signal());
  const bool failed = view.result == "failed" || view.result == "cancelled" ||
                      count_in(view.counts, DisplayStatus::failed) > 0 ||
                      count_in(view.counts, DisplayStatus::upstream_failed) > 0 ||
                      progress.held_back() > 0;
  return failed ? kExitFailed : kExitSuccess;
}

}  // namespace

Result<int> materialize_and_tell(MaterializeRequest request, const Begin& begin,
                                 const Invocation& invocation, const Interrupts& interrupts) {
  Output& output = invocation.output();
  request.interrupts = &interrupts.count();
  RunProgress progress(printer_for(output), {.look = output.narration_look(),
                                             .verbose = invocation.options().has("verbose"),
                                             .clock = &system_clock(),
                                             .interrupts = request.interrupts});
  const bool as_lines = invocation.options().has("jsonl");
  RunEvents events(progress, {[&output](std::string_view lines) { output.print(lines); },
                              [&output] { (void)output.flush(); }});
  Result<MaterializeView> view = as_lines ? begin(request, events) : begin(request, progress);
  progress.close();
  if (!view && interrupts.count() > 0) {
    output.fail(view.error());
    return exit_code_of_signal(interrupts.last_signal());
  }
  if (!view) return std::move(view).error();
  const int code = exit_code_after(*view, progress, interrupts);
  if (as_lines) {
    events.ended(*view);
  } else if (output.json()) {
    output.print_json(to_json(*view));
  } else if (!output.quiet() || code != kExitSuccess) {
    output.print(ending_text(*view, progress.failures(), output.look()));
  }
  return code;
}

namespace {

Result<int> run(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  Result<MaterializeRequest> request = materialize_request(options);
  if (!request) return std::move(request).error();
  if (options.has("exit-code") && !options.has("dry-run"))
    return usage_error("`--exit-code` goes with `--dry-run`");
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  if (options.has("dry-run")) return show_plan(**project, *request, invocation);
  const Interrupts interrupts;
  const Begin begin = [&](const MaterializeRequest& what, RunListener& listener) {
    return (*project)->materialize(what, listener);
  };
  return materialize_and_tell(*std::move(request), begin, invocation, interrupts);
}

std::vector<OptionSpec> materialize_options() {
  std::vector<OptionSpec> options = what_options();
  options.push_back({"dry-run", 0, "", "say what would run, and why, and do nothing"});
  options.push_back(
      {"exit-code", 0, "", "with --dry-run: exit 4 if there is work, or some is held back"});
  const std::vector<OptionSpec> how = how_options();
  options.insert(options.end(), how.begin(), how.end());
  return options;
}

}  // namespace

Command materialize_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "materialize";
  command.aliases = {"backfill"};
  command.summary = "run assets for the partitions that are wanted";
  command.description =
      "A selection names assets and, after `@`, partitions: a key, a range A..B, {A,B}, latest, "
      "missing, failed, stale, all. `partita help list` tells how assets are named.\n"
      "A partition starts as soon as the partitions it needs are done. A failure holds back what "
      "depends on it, and nothing else; an asset may ask for retries (`partita show`). --missing, "
      "--failed and --stale add up; with one of them or --all, and without a selection, every "
      "asset "
      "is meant.\n"
      "Exit codes: 0 all is done; 1 something failed or was held back; 124 --timeout stopped it; "
      "130 interrupted.";
  command.positionals = {one_selection()};
  command.options = materialize_options();
  command.examples = {{"materialize orders@2024-01-01..2024-01-31", "a range of partitions"},
                      {"materialize '+report' --missing", "a report and all that it lacks"},
                      {"materialize 'group:sales' --failed -j 8", "once more what failed"},
                      {"materialize orders --missing --dry-run", "what is missing"}};
  command.run = run;
  return command;
}

}  // namespace partita
