#include "cli/display_text.hpp"

#include <clocale>
#include <cwchar>

#include "base/text.hpp"

namespace partita {
namespace {

constexpr char kEscape = '\x1b';
constexpr std::string_view kReset = "\x1b[0m";
constexpr std::size_t kMostPartitionsShown = 400;

// The C library's tables for UTF-8, whatever the user's locale is.
class Utf8Locale {
 public:
  Utf8Locale() : before_(::uselocale(utf8())) {}
  ~Utf8Locale() { ::uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  static locale_t utf8() {
    static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
  }
  locale_t before_;
};

struct Piece {
  std::size_t bytes = 1;
  int columns = 1;
};

// The length of the colour sequence that starts `text`, 0 if there is none.
std::size_t color_length(std::string_view text) {
  if (text.size() < 3 || text[0] != kEscape || text[1] != '[') return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

// The character or the colour sequence that starts `text`.
Piece first_piece(std::string_view text) {
  if (const std::size_t length = color_length(text); length > 0) return {length, 0};
  std::mbstate_t state{};
  wchar_t character = 0;
  const std::size_t bytes = std::mbrtowc(&character, text.data(), text.size(), &state);
  if (bytes == 0 || bytes > text.size()) return {1, 1};
  return {bytes, std::max(0, ::wcwidth(character))};
}

// The length of the escape sequence that starts `text`: `ESC [ ... letter`, `ESC ] ... BEL`, or two
// bytes.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  std::size_t end = 2;
  if (text[1] == ']') {
    end = text.find('\a');
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  if (text[1] != '[') return end;
  while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
  return std::min(end + 1, text.size());
}

// The colour that is on at the end of `line`, empty if none is.
std::string open_color(const std::string& line) {
  const std::size_t last = line.rfind(kEscape);
  if (last == std::string::npos) return {};
  const std::string sequence = line.substr(last, color_length(std::string_view(line).substr(last)));
  return sequence == kReset ? "" : sequence;
}

// A colour that goes on over a break is closed before it and opened after it.
void carry_colors(std::vector<std::string>& lines) {
  std::string color;
  for (std::string& line : lines) {
    line.insert(0, color);
    color = open_color(line);
    if (!color.empty()) line += kReset;
  }
}

bool is_control(char c) {
  return (c >= 0 && c < ' ') || c == '\x7f';
}

bool is_plain_in_shell(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-+=.,:/@%").find(c) != std::string_view::npos;
}

}  // namespace

int display_width(std::string_view text) {
  const Utf8Locale locale;
  int width = 0;
  while (!text.empty()) {
    const Piece piece = first_piece(text);
    width += piece.columns;
    text.remove_prefix(piece.bytes);
  }
  return width;
}

std::string clipped(std::string_view text, int width, std::string_view mark) {
  if (display_width(text) <= width) return std::string(text);
  const Utf8Locale locale;
  std::string out;
  bool colored = false;
  int room = width - 1;
  while (!text.empty()) {
    const Piece piece = first_piece(text);
    if (piece.columns > room) break;
    room -= piece.columns;
    colored = colored || text[0] == kEscape;
    out += text.substr(0, piece.bytes);
    text.remove_prefix(piece.bytes);
  }
  if (width > 0) out += mark;
  if (colored) out += kReset;
  return out;
}

std::string padded_right(std::string_view text, int width) {
  const int missing = std::max(0, width - display_width(text));
  return std::string(text) + std::string(static_cast<std::size_t>(missing), ' ');
}

std::string padded_left(std::string_view text, int width) {
  const int missing = std::max(0, width - display_width(text));
  return std::string(static_cast<std::size_t>(missing), ' ') + std::string(text);
}

std::vector<std::string> wrapped(std::string_view text, int width) {
  std::vector<std::string> lines(1);
  for (const std::string& word : split(text, ' ')) {
    if (word.empty()) continue;
    std::string& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (display_width(line) + 1 + display_width(word) <= width) {
      line += " " + word;
    } else {
      lines.push_back(word);
    }
  }
  carry_colors(lines);
  return lines;
}

std::string indented(std::string_view text, std::string_view margin) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) out.append(margin).append(text.substr(0, end));
    out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string printable_line(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t taken = 1;
    if (text[0] == kEscape) {
      taken = escape_length(text);
    } else if (!is_control(text[0])) {
      out += text[0];
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
    text.remove_prefix(taken);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string partitions_shown(const std::string& partitions) {
  if (partitions.size() <= kMostPartitionsShown) return partitions;
  return partitions.substr(0, partitions.rfind(',', kMostPartitionsShown)) + ",...";
}

std::string shell_quoted(std::string_view text) {
  bool plain = !text.empty();
  for (const char c : text) plain = plain && is_plain_in_shell(c);
  if (plain) return std::string(text);
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace partita
