#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/completion_script.hpp"
#include "cli/exit_code.hpp"

namespace partita {
namespace {

Result<int> run(Invocation& invocation) {
  Result<std::string> script = completion_script(invocation.options().positional(0));
  if (!script) return std::move(script).error();
  Output& output = invocation.output();
  output.answer([&] { return Json::object().set("script", *std::move(script)); },
                [&] { return *script; });
  return kExitSuccess;
}

}  // namespace

Command completion_command() {
  Command command;
  command.name = "completion";
  command.summary = "a script that makes a shell complete commands and assets";
  command.positionals = {{"bash|zsh|fish", true}};
  command.examples = {
      {"completion bash > ~/.local/share/bash-completion/completions/partita",
       "for bash, from the next shell on"},
      {"completion fish > ~/.config/fish/completions/partita.fish", "for fish"},
      {"completion zsh", "for zsh: put `source <(partita completion zsh)` in ~/.zshrc"}};
  command.run = run;
  return command;
}

}  // namespace partita
