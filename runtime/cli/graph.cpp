#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/graph_text.hpp"

namespace partita {
namespace {

Result<int> run(Invocation& invocation) {
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<ListView> view = (*project)->list(invocation.options().positional(0));
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  if (output.json()) {
    output.print_json(graph_to_json(*view));
  } else if (invocation.options().has("dot")) {
    output.print(graph_dot(*view));
  } else {
    output.print(graph_text(*view, output.look()));
  }
  return kExitSuccess;
}

}  // namespace

Command graph_command() {
  Command command;
  command.section = Command::Section::look;
  command.name = "graph";
  command.summary = "which asset is made from which";
  command.description =
      "A tree from what is made from nothing downwards, with how many partitions are materialized. "
      "An asset that is made from several stands below the first of them.";
  command.positionals = {one_selection()};
  command.options = {{"dot", 0, "", "in the language of Graphviz"}};
  command.examples = {{"graph", "every asset"},
                      {"graph +report", "what report is made from"},
                      {"graph --dot | dot -Tsvg > assets.svg", "as a picture"}};
  command.run = run;
  return command;
}

}  // namespace partita
