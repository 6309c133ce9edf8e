#include "cli/commands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace partita {

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands = {
      list_command(),      graph_command(),   show_command(),    partitions_command(),
      status_command(),    explain_command(), plan_command(),    materialize_command(),
      apply_command(),     retry_command(),   resume_command(),  cancel_command(),
      report_command(),    wipe_command(),    runs_command(),    run_command(),
      logs_command(),      init_command(),    new_command(),     reload_command(),
      dev_command(),       check_command(),   dynamic_command(), db_command(),
      doctor_command(),    config_command(),  help_command(),    version_command(),
      completion_command()};
  return commands;
}

Result<const Command*> find_command_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Command& command : all_commands()) {
    const auto& aliases = command.aliases;
    if (command.name == name || std::find(aliases.begin(), aliases.end(), name) != aliases.end())
      return &command;
    names.push_back(command.name);
    names.insert(names.end(), aliases.begin(), aliases.end());
  }
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = "`partita help` lists the commands";
  return usage_error(fmt::format("unknown command `{}`", name), std::move(hint));
}

PositionalSpec one_selection() {
  return {"SELECTION", false, false,
          "join selections with `or` in one argument: 'a or b'; quote globs: 'sales_*'"};
}

const std::vector<OptionSpec>& global_options() {
  static const std::vector<OptionSpec> options = {
      {"project", 0, "DIR", "the project's directory, or one inside it"},
      {"json", 0, "", "answer in JSON, errors included"},
      {"color", 0, "auto|always|never", "colours; NO_COLOR turns them off too"},
      {"quiet", 'q', "", "no narration and no progress"},
      {"verbose", 'v', "", "tell more; twice for more still", true},
      {"as-of", 0, "TIME", "what counts as now, as in 2024-01-31T10:00"},
      {"locked", 0, "", "do not look for changed definitions"},
      {"help", 'h', "", "how a command is used"},
  };
  return options;
}

}  // namespace partita
