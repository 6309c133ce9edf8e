#include "cli/completion_script.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"

namespace partita {
namespace {

// Asks for the assets of the project that the words typed so far name.
constexpr const char* kAskAssets = "partita list --keys --quiet --locked 2>/dev/null";

bool takes_assets(const Command& command) {
  if (command.positionals.empty()) return false;
  const std::string& first = command.positionals.front().name;
  return first == "ASSET" || first == "SELECTION";
}

// The words that may follow a command, besides assets.
std::vector<std::string> words_after(const Command& command) {
  std::vector<std::string> words;
  if (command.name == "help") {
    for (const Command& other : all_commands()) words.push_back(other.name);
  } else if (!command.positionals.empty()) {
    const std::string& first = command.positionals.front().name;
    if (std::islower(static_cast<unsigned char>(first.front())) != 0) words = split(first, '|');
  }
  for (const OptionSpec& option : command.options) words.push_back("--" + option.name);
  for (const OptionSpec& option : global_options()) words.push_back("--" + option.name);
  return words;
}

std::vector<std::string> names_of(const Command& command) {
  std::vector<std::string> names = {command.name};
  names.insert(names.end(), command.aliases.begin(), command.aliases.end());
  return names;
}

std::string bash_script() {
  std::vector<std::string> all;
  std::string cases;
  for (const Command& command : all_commands()) {
    const std::vector<std::string> names = names_of(command);
    all.insert(all.end(), names.begin(), names.end());
    const std::string assets = takes_assets(command) ? fmt::format(" $({})", kAskAssets) : "";
    cases += fmt::format("    {}) words=\"{}{}\" ;;\n", join(names, "|"),
                         join(words_after(command), " "), assets);
  }
  std::vector<std::string> first = all;
  for (const OptionSpec& option : global_options()) first.push_back("--" + option.name);
  return fmt::format(R"(_partita() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} command= word words
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case $word in
      {}) command=$word; break ;;
    esac
  done
  case $command in
    '') words="{}" ;;
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _partita partita
)",
                     join(all, "|"), join(first, " "), cases);
}

std::string fish_option(const OptionSpec& option, std::string_view condition) {
  std::string line = fmt::format("complete -c partita {}-l {}", condition, option.name);
  if (option.letter != 0) line += fmt::format(" -s {}", option.letter);
  if (!option.value.empty()) line += " -x";
  if (option.value.find('|') != std::string::npos)
    line += fmt::format(" -a '{}'", join(split(option.value, '|'), " "));
  return line + " -d " + shell_quoted(option.help) + "\n";
}

std::string fish_script() {
  std::string out = "complete -c partita -f\n";
  for (const OptionSpec& option : global_options()) out += fish_option(option, "");
  for (const Command& command : all_commands()) {
    const std::string names = join(names_of(command), " ");
    out += fmt::format("complete -c partita -n __fish_use_subcommand -a {} -d {}\n", command.name,
                       shell_quoted(command.summary));
    const std::string after = fmt::format("-n '__fish_seen_subcommand_from {}' ", names);
    for (const OptionSpec& option : command.options) out += fish_option(option, after);
    if (takes_assets(command))
      out += fmt::format("complete -c partita {}-a '({})'\n", after, kAskAssets);
  }
  return out;
}

}  // namespace

Result<std::string> completion_script(std::string_view shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return "autoload -Uz bashcompinit && bashcompinit\n" + bash_script();
  if (shell == "fish") return fish_script();
  return usage_error(fmt::format("unknown shell `{}`", shell), "it is bash, zsh or fish");
}

}  // namespace partita
