#include "cli/next_commands.hpp"

#include <algorithm>

#include "cli/display_text.hpp"

namespace partita {

std::string check_command_line(const std::string& selection,
                               const std::vector<std::string>& options) {
  std::string line = "partita check run " + shell_quoted(selection);
  for (const std::string& option : options) line += " " + shell_quoted(option);
  return line;
}

std::string check_again_command(const std::string& selection, std::vector<std::string> options,
                                bool unchecked) {
  if (unchecked) return check_command_line(selection, options);
  std::erase_if(options, [](const std::string& option) {
    return option == "--missing" || option == "--failed";
  });
  options.emplace_back("--failed");
  return check_command_line(selection, options);
}

std::string next_commands_text(const std::vector<NextCommand>& commands, const Look& look) {
  if (commands.empty() || !look.hints) return {};
  int widest = 0, widest_what = 0;
  for (const NextCommand& command : commands) {
    widest = std::max(widest, display_width(command.line));
    widest_what = std::max(widest_what, display_width(command.what));
  }
  const bool side_by_side = widest + widest_what + 4 <= look.width;
  std::string out = "\n" + look.paint(Tone::strong, "next") + "\n";
  for (const NextCommand& command : commands) {
    const std::string line = side_by_side ? padded_right(command.line, widest + 2) : command.line;
    out += "  " + look.paint(Tone::accent, line) + (side_by_side ? "" : "\n      ");
    out += look.paint(Tone::faint, command.what) + "\n";
  }
  return out;
}

}  // namespace partita
