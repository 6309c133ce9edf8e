#include "cli/cli.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"

namespace partita {
namespace {

// Known even where the command line does not parse, so that its error takes the right form.
OutputOptions output_options(const std::vector<std::string>& words) {
  const auto typed = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  OutputOptions options;
  options.json = typed("--json");
  options.quiet = typed("--quiet") || typed("-q");
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool apart = words[i] == "--color" && i + 1 < words.size();
    const std::string choice = apart ? words[i + 1] : words[i];
    if (choice == (apart ? "always" : "--color=always")) options.color = ColorChoice::always;
    if (choice == (apart ? "never" : "--color=never")) options.color = ColorChoice::never;
  }
  return options;
}

std::vector<OptionSpec> options_of(const Command& command) {
  std::vector<OptionSpec> specs = command.options;
  specs.insert(specs.end(), global_options().begin(), global_options().end());
  return specs;
}

Result<int> run_overview(const std::vector<std::string>& words, Output& output) {
  Result<ParsedOptions> options = parse_options(global_options(), words);
  if (!options) return std::move(options).error();
  if (output.json() && !options->has("help"))
    return usage_error("COMMAND is missing", "`partita help --json` lists them");
  output.print(overview_help(output.look()));
  return kExitSuccess;
}

Error with_help_hint(Error error, const Command& command) {
  if (error.hint.empty()) error.hint = fmt::format("`partita help {}` shows how", command.name);
  return error;
}

Result<int> run_command_line(const std::vector<std::string>& words, Output& output,
                             const StartZygote& start_zygote) {
  auto place = find_command(global_options(), words);
  if (!place) return std::move(place).error();
  if (!*place) return run_overview(words, output);
  Result<const Command*> found = find_command_named(words[**place]);
  if (!found) return std::move(found).error();
  const Command& command = **found;
  std::vector<std::string> rest = words;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(**place));
  Result<ParsedOptions> options = parse_options(options_of(command), rest);
  if (!options) return with_help_hint(std::move(options).error(), command);
  if (options->has("help")) {
    output.print(command_help(command, output.look()));
    return kExitSuccess;
  }
  Status positionals = check_positionals(command.positionals, *options);
  if (!positionals) return with_help_hint(std::move(positionals).error(), command);
  Invocation invocation(*options, output, start_zygote);
  return command.run(invocation);
}

}  // namespace

int run_cli(const std::vector<std::string>& words, const StartZygote& start_zygote) {
  Output output(output_options(words));
  Result<int> code = run_command_line(words, output, start_zygote);
  if (!code) {
    output.fail(code.error());
    code = exit_code_of(code.error().code);
  }
  if (Status flushed = output.flush(); !flushed) {
    output.write_narration(error_text(flushed.error(), output.narration_look()));
    return exit_code_of(flushed.error().code);
  }
  return *code;
}

}  // namespace partita
