#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"

namespace partita {
namespace {

Json json_of(const Command& command) {
  Json options = Json::array();
  for (const OptionSpec& option : command.options) {
    options.push(Json::object()
                     .set("name", option.name)
                     .set("value", option.value)
                     .set("help", option.help));
  }
  return Json::object()
      .set("name", command.name)
      .set("summary", command.summary)
      .set("options", std::move(options));
}

Json json_of_all() {
  Json commands = Json::array();
  for (const Command& command : all_commands()) commands.push(json_of(command));
  return Json::object().set("commands", std::move(commands));
}

Result<int> run(Invocation& invocation) {
  const std::string name = invocation.options().positional(0);
  Output& output = invocation.output();
  if (name.empty()) {
    if (output.json()) {
      output.print_json(json_of_all());
    } else {
      output.print(overview_help(output.look()));
    }
    return kExitSuccess;
  }
  Result<const Command*> command = find_command_named(name);
  if (!command) return std::move(command).error();
  output.answer([&] { return json_of(**command); },
                [&] { return command_help(**command, output.look()); });
  return kExitSuccess;
}

}  // namespace

Command help_command() {
  Command command;
  command.name = "help";
  command.summary = "how Partita, or one command, is used";
  command.positionals = {{"COMMAND"}};
  command.examples = {{"help materialize", "its options, with examples"}};
  command.run = run;
  return command;
}

}  // namespace partita
