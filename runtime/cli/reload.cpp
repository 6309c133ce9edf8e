#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/reload_text.hpp"

namespace partita {
namespace {

Result<int> run(Invocation& invocation) {
  const bool dry_run = invocation.options().has("dry-run");
  Result<Project*> project = invocation.open_project(Invocation::Definitions::kAsStored);
  if (!project) return std::move(project).error();
  Result<ReloadView> view = (*project)->reload(dry_run);
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  for (const std::string& line : view->output) output.narrate(printable_line(line));
  output.answer([&] { return to_json(*view); },
                [&] { return reload_text(*view, dry_run, output.look()); });
  return view->failed() ? kExitDefinitions : kExitSuccess;
}

}  // namespace

Command reload_command() {
  Command command;
  command.section = Command::Section::definitions;
  command.name = "reload";
  command.summary = "take over what changed in the definitions directories";
  command.description =
      "Other commands take changes over by themselves and say so in one line; reload shows them in "
      "full. A plugin that does not load goes on with its last good version.\n"
      "Exit codes: 0 all is well; 3 a plugin does not load, or its assets do not validate.";
  command.options = {{"dry-run", 0, "", "say what would change, and change nothing"}};
  command.examples = {{"reload", "load what is new"}, {"reload --dry-run", "look first"}};
  command.run = run;
  return command;
}

}  // namespace partita
