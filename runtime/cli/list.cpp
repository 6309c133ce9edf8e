#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/list_text.hpp"
#include "cli/orphaned_text.hpp"

namespace partita {
namespace {

void print_keys(const std::vector<std::string>& keys, Output& output) {
  for (const std::string& key : keys) output.print(key + "\n");
}

template <class Row>
std::vector<std::string> keys_of(const std::vector<Row>& rows) {
  std::vector<std::string> keys;
  for (const Row& row : rows) keys.push_back(row.key);
  return keys;
}

void tell_orphaned(const OrphanedCount& orphaned, Output& output) {
  const std::string text = orphaned_count_text(orphaned);
  if (!text.empty()) output.print("\nno longer defined: " + text);
}

Result<int> list_orphans(Project& project, Invocation& invocation) {
  Result<OrphanedAssetsView> view = project.orphaned_assets();
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  if (output.json()) {
    output.print_json(to_json(*view));
  } else if (invocation.options().has("keys")) {
    print_keys(keys_of(view->assets), output);
  } else {
    output.print(orphaned_assets_text(*view, output.look()));
    if (view->assets.empty()) output.narrate("every asset that is known of is defined");
  }
  return kExitSuccess;
}

Result<int> run(Invocation& invocation) {
  const bool orphans = invocation.options().has("orphans");
  if (orphans && !invocation.options().positional(0).empty())
    return usage_error("list orphans: no definition has them, so they take no selection",
                       "partita list --orphans");
  using Problems = Invocation::Problems;
  const bool shows_problems = !orphans && !invocation.options().has("keys");
  Result<Project*> project = invocation.open_project(
      Invocation::Definitions::kRescanned, shows_problems ? Problems::kShown : Problems::kTold);
  if (!project) return std::move(project).error();
  if (orphans) return list_orphans(**project, invocation);
  Result<ListView> view = (*project)->list(invocation.options().positional(0));
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  if (output.json()) {
    output.print_json(to_json(*view));
  } else if (invocation.options().has("keys")) {
    print_keys(keys_of(view->assets), output);
  } else {
    output.print(list_text(*view, output.look()));
    if (invocation.options().positional(0).empty()) tell_orphaned(view->orphaned, output);
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
  command.options = {{"keys", 0, "", "only the keys of the assets, one a line"},
                     {"orphans", 0, "", "what is kept of assets that no definition has any more"}};
  command.examples = {{"list", "every asset, by group"},
                      {"list 'group:sales and not kind:sqlite'", "some of them"},
                      {"list +report", "what report is made from"},
                      {"list --orphans", "assets that were removed, and their history"}};
  command.run = run;
  return command;
}

}  // namespace partita
