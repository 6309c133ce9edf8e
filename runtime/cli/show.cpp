#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/show_text.hpp"

namespace partita {
namespace {

Result<int> run(Invocation& invocation) {
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<AssetView> view = (*project)->show(invocation.options().positional(0));
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  output.answer([&] { return to_json(*view); }, [&] { return show_text(*view, output.look()); });
  return kExitSuccess;
}

}  // namespace

Command show_command() {
  Command command;
  command.section = Command::Section::look;
  command.name = "show";
  command.summary = "one asset in full, with its latest materialization";
  command.positionals = {{"ASSET", true}};
  command.examples = {{"show orders", "what it is made of, how far it is, what it last produced"}};
  command.run = run;
  return command;
}

}  // namespace partita
