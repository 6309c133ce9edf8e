#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

constexpr int kWidestText = 80;
constexpr int kWidestOption = 30;

struct SectionTitle {
  Command::Section section;
  const char* title;
};
constexpr SectionTitle kSections[] = {
    {Command::Section::look, "look"},
    {Command::Section::work, "work"},
    {Command::Section::definitions, "definitions"},
    {Command::Section::shell, "shell"},
};

Look help_look(Look look) {
  look.width = std::min(look.width, kWidestText);
  return look;
}

std::string heading(std::string_view title, const Look& look) {
  return "\n" + look.paint(Tone::strong, title) + "\n";
}

std::string paragraph(std::string_view text, const Look& look) {
  return join(wrapped(text, look.width), "\n") + "\n";
}

Table two_columns() {
  return Table({{"", Column::Fit::whole}, {"", Column::Fit::wrap}});
}

std::string options_text(const std::vector<OptionSpec>& options, const Look& look) {
  Table table({{.title = "", .most = kWidestOption}, {"", Column::Fit::wrap}});
  for (const OptionSpec& option : options)
    table.add({{spelling(option), Tone::accent}, option.help});
  return table.text(look, 2);
}

std::string commands_text(Command::Section section, const Look& look) {
  // One width for all sections, so that the summaries stand under each other.
  std::size_t widest = 0;
  for (const Command& command : all_commands()) widest = std::max(widest, command.name.size());
  Table table = two_columns();
  for (const Command& command : all_commands()) {
    if (command.section != section) continue;
    const std::string name = padded_right(command.name, static_cast<int>(widest));
    table.add({{name, Tone::accent}, command.summary});
  }
  return table.text(look, 2);
}

std::string positional_text(const PositionalSpec& spec) {
  const std::string name = spec.many ? spec.name + "..." : spec.name;
  return spec.required ? name : "[" + name + "]";
}

std::string usage_text(const Command& command) {
  std::string line = "usage: partita " + command.name;
  for (const PositionalSpec& spec : command.positionals) line += " " + positional_text(spec);
  if (!command.options.empty()) line += " [OPTIONS]";
  line += "\n";
  for (const std::string& alias : command.aliases) line += "       also: partita " + alias + "\n";
  return line;
}

std::string examples_text(const std::vector<Example>& examples, const Look& look) {
  std::string out;
  for (const Example& example : examples) {
    out += "  " + look.paint(Tone::accent, "partita " + example.line) + "\n";
    out += indented(join(wrapped(example.what, look.width - 6), "\n") + "\n", "      ");
  }
  return out;
}

}  // namespace

std::string overview_help(const Look& wide) {
  const Look look = help_look(wide);
  std::string out = look.paint(Tone::strong, "partita") + ": data assets in C++, partitioned\n\n";
  out += "usage: partita [OPTIONS] COMMAND ...\n";
  for (const SectionTitle& section : kSections)
    out += heading(section.title, look) + commands_text(section.section, look);
  out += heading("options of every command", look) + options_text(global_options(), look);
  out += "\n`partita list` is where to start; `partita help COMMAND` tells more of one.\n";
  return out;
}

std::string command_help(const Command& command, const Look& wide) {
  const Look look = help_look(wide);
  std::string out =
      look.paint(Tone::strong, "partita " + command.name) + ": " + command.summary + "\n\n";
  out += usage_text(command);
  for (const std::string& text : split(command.description, '\n')) {
    if (!text.empty()) out += "\n" + paragraph(text, look);
  }
  if (!command.options.empty())
    out += heading("options", look) + options_text(command.options, look);
  if (!command.examples.empty())
    out += heading("examples", look) + examples_text(command.examples, look);
  out += "\nOptions of every command: `partita help`.\n";
  return out;
}

}  // namespace partita
