#include "cli/look.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace partita {
namespace {

constexpr int kDefaultWidth = 80;
constexpr int kSmallestWidth = 40;

std::string_view sequence_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::strong:
      return "1";
    case Tone::faint:
      return "2";
    case Tone::good:
      return "32";
    case Tone::bad:
      return "31";
    case Tone::warning:
      return "33";
    case Tone::accent:
      return "36";
  }
  return "";
}

// A locale without a character set (`en_US`, or none at all, as in containers) is taken for UTF-8.
bool shows_glyphs(const StreamFacts& facts) {
  if (facts.term == "dumb" || facts.locale == "C" || facts.locale == "POSIX") return false;
  const std::size_t dot = facts.locale.find('.');
  if (dot == std::string::npos) return true;
  const std::string charset = facts.locale.substr(dot + 1);
  return charset.starts_with("UTF") || charset.starts_with("utf");
}

// Of COLUMNS; 0 where it says nothing.
int columns_asked_for(const StreamFacts& facts) {
  int columns = 0;
  const char* end = facts.columns.data() + facts.columns.size();
  const auto read = std::from_chars(facts.columns.data(), end, columns);
  return read.ec == std::errc() && read.ptr == end && columns > 0 ? columns : 0;
}

int width_of(const StreamFacts& facts) {
  if (const int columns = columns_asked_for(facts); columns > 0)
    return std::max(columns, kSmallestWidth);
  if (facts.terminal_columns > 0) return std::max(facts.terminal_columns, kSmallestWidth);
  return kDefaultWidth;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string first_variable_set(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = variable(name); !value.empty()) return value;
  }
  return {};
}

}  // namespace

std::string Look::paint(Tone tone, std::string_view text) const {
  if (!color || tone == Tone::plain || text.empty()) return std::string(text);
  return "\x1b[" + std::string(sequence_of(tone)) + "m" + std::string(text) + "\x1b[0m";
}

Look decide_look(const StreamFacts& facts, ColorChoice choice) {
  const bool capable = facts.is_terminal && facts.term != "dumb";
  Look look;
  look.width = width_of(facts);
  look.glyphs = shows_glyphs(facts);
  look.terminal = capable;
  // A program that reads the lines, or a file, has room for all of them.
  look.cuts = facts.is_terminal || columns_asked_for(facts) > 0;
  look.color = choice == ColorChoice::always ||
               (choice == ColorChoice::automatic && capable && facts.no_color.empty());
  return look;
}

StreamFacts facts_of(int fd) {
  StreamFacts facts;
  facts.is_terminal = ::isatty(fd) == 1;
  winsize size{};
  if (facts.is_terminal && ::ioctl(fd, TIOCGWINSZ, &size) == 0)
    facts.terminal_columns = size.ws_col;
  facts.columns = variable("COLUMNS");
  facts.no_color = variable("NO_COLOR");
  facts.term = variable("TERM");
  facts.locale = first_variable_set({"LC_ALL", "LC_CTYPE", "LANG"});
  return facts;
}

}  // namespace partita
