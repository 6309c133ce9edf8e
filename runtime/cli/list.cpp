#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/list_text.hpp"

namespace partita {
namespace {

Result<int> run(Invocation& invocation) {
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<ListView> view = (*project)->list(invocation.options().positional(0));
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  if (output.json()) {
    output.print_json(to_json(*view));
  } else if (invocation.options().has("keys")) {
    for (const AssetRow& asset : view->assets) output.print(asset.key + "\n");
  } else {
    output.print(list_text(*view, output.look()));
  }
  return kExitSuccess;
}

}  // namespace

Command list_command() {
  Command command;
  command.section = Command::Section::look;
  command.name = "list";
  command.summary = "the assets, and how far their partitions are";
  command.description =
      "The strip shows an asset's partitions from the first to the last, up to 24 buckets: █ all "
      "materialized, ▄ some, · none, x at least one failed.\n"
      "A selection names assets: a key, a glob, group:NAME, kind:NAME, tag:NAME=VALUE, "
      "plugin:NAME, "
      "+x with everything upstream, x+ with everything downstream, joined by and, or, not.";
  command.positionals = {one_selection()};
  command.options = {{"keys", 0, "", "only the keys of the assets, one a line"}};
  command.examples = {{"list", "every asset, by group"},
                      {"list 'group:sales and not kind:sqlite'", "some of them"},
                      {"list +report", "what report is made from"}};
  command.run = run;
  return command;
}

}  // namespace partita
