#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/materialize_and_tell.hpp"
#include "cli/materialize_request.hpp"
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

Result<int> run_checks(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  Result<MaterializeRequest> how = how_request(options);
  if (!how) return std::move(how).error();
  if (options.positional(1).empty())
    return usage_error("SELECTION is missing", "partita check run SELECTION; '*' for all assets");
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  const CheckRequest request{options.positional(1), options.values("only")};
  const Interrupts interrupts;
  const Begin begin = [&](const MaterializeRequest& what, RunListener& listener) {
    return (*project)->run_checks(request, what, listener);
  };
  return materialize_and_tell(*std::move(how), begin, invocation, interrupts);
}

std::vector<OptionSpec> run_options() {
  std::vector<OptionSpec> options = how_options();
  options.push_back({"only", 0, "CHECK", "of the checks those of that name", true});
  return options;
}

Result<int> run(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  const std::string verb = options.positional(0);
  if (verb == "run") return run_checks(invocation);
  if (!verb.empty()) {
    return usage_error(fmt::format("`check {}` is not known", verb),
                       fmt::format("partita check run {}", shell_quoted(verb)));
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
      "freshness stay as they are, and nothing is held back. `show` and `explain` tell what each "
      "check came to last.\n"
      "Exit codes: 0 all is well; 3 a plugin does not load, its assets do not validate, or a "
      "mapping function fails, changes its answer or disagrees with its inverse; 1 `check run`: a "
      "check whose severity is error did not pass, or failed itself; 130 interrupted.";
  command.positionals = {{"run"}, {"SELECTION"}};
  command.options = run_options();
  command.examples = {{"check", "before a change is merged"},
                      {"check run orders@2024-01-01..", "the checks of these partitions"},
                      {"check run '*' --only no_gaps", "one check, on all that has it"}};
  command.run = run;
  return command;
}

}  // namespace partita
