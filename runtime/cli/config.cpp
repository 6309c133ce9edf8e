#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/config_text.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/materialize_request.hpp"

namespace partita {
namespace {

void tell_files(const SettingsView& view, Output& output) {
  if (view.project.empty()) output.narrate("there is no project here: these are your own settings");
  if (!view.user_file_exists && !view.user_file.empty())
    output.narrate(fmt::format("your own file would be {}", view.user_file));
}

Result<int> run(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  const std::string verb = options.positional(0);
  if (!verb.empty() && verb != "show")
    return usage_error(fmt::format("unknown verb `{}`", verb),
                       "`partita config show` shows the settings");
  Result<MaterializeRequest> how = how_request(options);
  if (!how) return std::move(how).error();
  Result<ProjectOptions> project = invocation.project_options();
  if (!project) return std::move(project).error();
  Result<SettingsView> view = view_settings(*project, how->jobs);
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  output.answer([&] { return to_json(*view); },
                [&] { return settings_text(*view, options.has("origin"), output.look()); });
  if (!output.json()) tell_files(*view, output);
  for (const std::string& warning : view->warnings) output.warn(printable_line(warning));
  return kExitSuccess;
}

}  // namespace

Command config_command() {
  Command command;
  command.section = Command::Section::shell;
  command.name = "config";
  command.summary = "the settings as they hold, and what set each";
  command.description =
      "A setting is taken from the first that has it: the command line, the environment "
      "(PARTITA_JOBS, PARTITA_ISOLATION, PARTITA_MAX_WORKER_DEATHS, PARTITA_POOLS as in "
      "warehouse=1,api=4, PARTITA_CONFIG with ASSET.NAME=VALUE a line), the project's "
      "partita.toml, your own $XDG_CONFIG_HOME/partita/config.toml (else "
      "~/.config/partita/config.toml), what is built in. Tables are taken together name by name.\n"
      "Your own file may have jobs, isolation, max_worker_deaths, [pools] and [config.ASSET]. Of "
      "secrets the reference is shown, never the text. Outside a project your own settings are "
      "shown.";
  command.positionals = {{"show"}};
  command.options = setting_options();
  command.options.insert(command.options.begin(), {"origin", 0, "", "say what set each"});
  command.examples = {{"config show --origin", "which file or variable a setting is from"},
                      {"config show -j 8 --json", "as a command with that flag would have it"}};
  command.run = run;
  return command;
}

}  // namespace partita
