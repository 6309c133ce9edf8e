#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/reload_text.hpp"

namespace partita {
namespace {

Result<int> run(Invocation& invocation) {
  Result<Project*> project = invocation.open_project(Invocation::Definitions::kAsStored);
  if (!project) return std::move(project).error();
  Result<ReloadView> view = (*project)->check();
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  for (const std::string& line : view->output) output.narrate(printable_line(line));
  output.answer([&] { return to_json(*view); }, [&] { return check_text(*view, output.look()); });
  return view->failed() ? kExitDefinitions : kExitSuccess;
}

}  // namespace

Command check_command() {
  Command command;
  command.section = Command::Section::definitions;
  command.name = "check";
  command.summary = "load and validate all definitions afresh, for CI";
  command.description =
      "Mapping functions of plugins are asked about every key of both sides, or beyond 50,000 keys "
      "about so many, evenly spread: whether they say the same when asked again, and agree with "
      "their inverses.\n"
      "Exit codes: 0 all is well; 3 a plugin does not load, its assets do not validate, or a "
      "mapping function fails, changes its answer or disagrees with its inverse.";
  command.examples = {{"check", "before a change is merged"}};
  command.run = run;
  return command;
}

}  // namespace partita
