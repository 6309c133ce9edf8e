#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/materialize_and_tell.hpp"
#include "cli/materialize_request.hpp"
#include "cli/materialize_text.hpp"
#include "cli/reload_text.hpp"

namespace partita {
namespace {

Result<int> validate_definitions(Invocation& invocation) {
  Result<Project*> project = invocation.open_project(Invocation::Definitions::kAsStored);
  if (!project) return std::move(project).error();
  Result<ReloadView> view = (*project)->check();
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  for (const std::string& line : view->output) output.narrate(printable_line(line));
  output.answer([&] { return to_json(*view); }, [&] { return check_text(*view, output.look()); });
  return view->failed() ? kExitDefinitions : kExitSuccess;
}

Result<CheckRequest> check_request(const ParsedOptions& options) {
  CheckRequest request;
  request.missing = options.has("missing");
  request.failed = options.has("failed");
  std::vector<std::string> typed = options.positionals();
  typed.erase(typed.begin());
  Result<std::string> selection =
      one_selection_of(std::move(typed), options, request.missing || request.failed,
                       "partita check run SELECTION; '*' for all assets");
  if (!selection) return std::move(selection).error();
  request.selection = *std::move(selection);
  if (Status one = exclude_both_partition_options(options); !one) return std::move(one).error();
  request.partition = options.value("partition");
  request.partition_range = options.value("partition-range");
  request.checks = options.values("only");
  return request;
}

Result<int> show_checks(Project& project, const CheckRequest& request, Invocation& invocation) {
  Result<PlanView> plan = project.plan_checks(request);
  if (!plan) return std::move(plan).error();
  Output& output = invocation.output();
  output.answer([&] { return to_json(*plan); }, [&] { return plan_text(*plan, output.look()); });
  const bool needed = plan->count() > 0;
  return needed && invocation.options().has("exit-code") ? kExitWorkNeeded : kExitSuccess;
}

// What was meant by a word in the place of `run`.
std::string meant_by(const std::string& verb, const std::string& next) {
  if (!next.empty()) return "partita check run " + shell_quoted(next);
  const bool near = !did_you_mean(verb, std::vector<std::string>{"run"}).empty();
  return near ? "partita check run SELECTION" : "partita check run " + shell_quoted(verb);
}

Result<int> run_checks(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  Result<MaterializeRequest> how = how_request(options);
  if (!how) return std::move(how).error();
  Result<CheckRequest> request = check_request(options);
  if (!request) return std::move(request).error();
  if (options.has("exit-code") && !options.has("dry-run"))
    return usage_error("`--exit-code` goes with `--dry-run`");
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  if (options.has("dry-run")) return show_checks(**project, *request, invocation);
  const Interrupts interrupts;
  const Begin begin = [&](const MaterializeRequest& what, RunListener& listener) {
    return (*project)->run_checks(*request, what, listener);
  };
  return materialize_and_tell(*std::move(how), begin, invocation, interrupts);
}

std::vector<OptionSpec> run_options() {
  std::vector<OptionSpec> options = selection_options();
  const std::vector<OptionSpec> own = {
      {"only", 0, "CHECK", "of the checks those of that name", true},
      {"missing", 0, "", "only partitions of which a check has not run yet"},
      {"failed", 0, "", "only partitions at which a check did not pass last"},
      {"dry-run", 0, "", "say what would be checked, and why, and do nothing"},
      {"exit-code", 0, "", "with --dry-run: exit 4 if there is something to check"}};
  const std::vector<OptionSpec> how = how_options();
  options.insert(options.end(), own.begin(), own.end());
  options.insert(options.end(), how.begin(), how.end());
  return options;
}

Result<int> run(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  const std::string verb = options.positional(0);
  if (verb == "run") return run_checks(invocation);
  if (!verb.empty()) {
    return usage_error(fmt::format("`check {}` is not known", verb),
                       meant_by(verb, options.positional(1)));
  }
  for (const OptionSpec& option : run_options()) {
    if (options.has(option.name))
      return usage_error(fmt::format("`--{}` goes with `check run`", option.name));
  }
  return validate_definitions(invocation);
}

}  // namespace

Command check_command() {
  Command command;
  command.section = Command::Section::definitions;
  command.name = "check";
  command.summary = "validate all definitions, for CI; `check run`: run asset checks";
  command.description =
      "Alone it loads and validates all definitions afresh. "
      "Mapping functions of plugins are asked about every key of both sides, or beyond 50,000 keys "
      "about so many, evenly spread: whether they say the same when asked again, and agree with "
      "their inverses.\n"
      "`check run` runs the checks of the selected assets on what of the selected partitions is "
      "materialized, without making it again. It is a run of its own, with logs; statuses and "
      "freshness stay as they are, and nothing is held back. --missing and --failed add up; with "
      "one of them, and without a selection, every asset is meant. `status`, `show` and `explain` "
      "tell what checks came to last.\n"
      "Exit codes: 0 all is well; 3 a plugin does not load, its assets do not validate, or a "
      "mapping function fails, changes its answer or disagrees with its inverse; 1 `check run`: a "
      "check whose severity is error did not pass, or failed itself; 4 `check run --dry-run "
      "--exit-code`: there is something to check; 130 interrupted.";
  command.positionals = {{"run"}, {"SELECTION"}};
  command.options = run_options();
  command.examples = {{"check", "before a change is merged"},
                      {"check run orders@2024-01-01..", "the checks of these partitions"},
                      {"check run '*' --only no_gaps", "one check, on all that has it"},
                      {"check run --failed --dry-run", "where checks did not pass"}};
  command.run = run;
  return command;
}

}  // namespace partita
