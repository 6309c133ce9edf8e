#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/project_status_text.hpp"

namespace partita {
namespace {

Result<int> run(Invocation& invocation) {
  Result<Project*> project =
      invocation.open_project(Invocation::Definitions::kRescanned, Invocation::Problems::kShown);
  if (!project) return std::move(project).error();
  Result<StatusView> view = (*project)->status();
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  output.answer([&] { return to_json(*view); },
                [&] { return project_status_text(*view, output.look()); });
  return kExitSuccess;
}

}  // namespace

Command status_command() {
  Command command;
  command.section = Command::Section::look;
  command.name = "status";
  command.summary = "the project at a glance: what needs attention, recent runs";
  command.examples = {{"status", "counts, what failed, what was interrupted"}};
  command.run = run;
  return command;
}

}  // namespace partita
