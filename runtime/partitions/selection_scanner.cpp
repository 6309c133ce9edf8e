#include "partitions/selection_scanner.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

#include "base/text.hpp"

namespace partita {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// Bytes of characters beyond ASCII count as letters.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

bool is_one_of(char c, std::string_view set) {
  return c != '\0' && set.find(c) != set.npos;
}
bool is_name(char c) {
  return is_letter(c) || is_digit(c) || is_one_of(c, "_-./");
}
bool is_key(char c) {
  return is_letter(c) || is_digit(c) || is_one_of(c, "_-.:|/");
}

// The repeated hour of a night in autumn has its offset in its key: 2023-10-29-02:00+0100.
constexpr std::size_t kOffsetSize = 5;

bool starts_with_offset(std::string_view text) {
  if (text.size() < kOffsetSize || text[0] != '+') return false;
  for (std::size_t i = 1; i < kOffsetSize; ++i) {
    if (!is_digit(text[i])) return false;
  }
  if (text.size() == kOffsetSize) return true;
  return !is_letter(text[kOffsetSize]) && !is_digit(text[kOffsetSize]);
}

// The part of `text` around `position` that is worth showing, on one line.
struct Excerpt {
  std::string line;
  std::size_t caret = 0;  // in characters
};

constexpr std::size_t kShownBefore = 60;
constexpr std::size_t kShownAfter = 20;

Excerpt excerpt_of(std::string_view text, std::size_t position) {
  std::size_t begin = position > kShownBefore ? position - kShownBefore : 0;
  std::size_t end = text.size() - position > kShownAfter ? position + kShownAfter : text.size();
  while (begin > 0 && continues_character(text[begin])) --begin;
  while (end < text.size() && continues_character(text[end])) ++end;
  Excerpt excerpt;
  if (begin > 0) excerpt.line = "...";
  excerpt.caret = excerpt.line.size() + characters_in(text.substr(begin, position - begin));
  for (const char c : text.substr(begin, end - begin)) excerpt.line += is_control(c) ? ' ' : c;
  if (end < text.size()) excerpt.line += "...";
  return excerpt;
}

}  // namespace

void SelectionScanner::skip_space() {
  while (is_space(peek())) ++position_;
}

char SelectionScanner::peek(std::size_t ahead) const {
  return ahead < text_.size() - position_ ? text_[position_ + ahead] : '\0';
}

bool SelectionScanner::take(std::string_view symbol) {
  if (!text_.substr(position_).starts_with(symbol)) return false;
  position_ += symbol.size();
  return true;
}

bool SelectionScanner::take_word(std::string_view word) {
  const std::size_t before = position_;
  if (take_name() == word) return true;
  position_ = before;
  return false;
}

bool SelectionScanner::take_key_word(std::string_view word) {
  const std::size_t before = position_;
  if (take_key() == word) return true;
  position_ = before;
  return false;
}

std::string_view SelectionScanner::take_until(std::size_t end) {
  const std::string_view taken = text_.substr(position_, end - position_);
  position_ = end;
  return taken;
}

std::string_view SelectionScanner::take_digits() {
  std::size_t end = position_;
  while (end < text_.size() && is_digit(text_[end])) ++end;
  return take_until(end);
}

std::string_view SelectionScanner::take_name(std::string_view more) {
  std::size_t end = position_;
  while (end < text_.size() && (is_name(text_[end]) || is_one_of(text_[end], more))) ++end;
  return take_until(end);
}

std::string_view SelectionScanner::take_key() {
  std::size_t end = position_;
  while (end < text_.size()) {
    const std::string_view rest = text_.substr(end);
    if (is_key(rest[0]) && !rest.starts_with("..")) {
      ++end;
    } else if (end > position_ && starts_with_offset(rest)) {
      end += kOffsetSize;
    } else {
      break;
    }
  }
  return take_until(end);
}

Result<std::string> SelectionScanner::take_quoted() {
  const std::size_t begin = position_++;
  std::string text;
  while (!at_end() && peek() != '"') {
    if (peek() == '\\') {
      ++position_;
      if (peek() != '"' && peek() != '\\') return error_here("expected `\"` or `\\` after `\\`");
    }
    text += text_[position_++];
  }
  if (!take("\"")) return error_at(begin, "expected a closing `\"`");
  return text;
}

std::size_t SelectionScanner::column_of(std::size_t position) const {
  if (position < counted_to_) counted_to_ = characters_ = 0;
  characters_ += characters_in(text_.substr(counted_to_, position - counted_to_));
  counted_to_ = position;
  return characters_ + 1;
}

Error SelectionScanner::error_at(std::size_t position, std::string_view message,
                                 std::string hint) const {
  const Excerpt excerpt = excerpt_of(text_, position);
  return usage_error(
      fmt::format("{}\n  {}\n  {:>{}}", message, excerpt.line, '^', excerpt.caret + 1),
      std::move(hint));
}

Error SelectionScanner::error_here(std::string_view message, std::string hint) const {
  return error_at(position_, message, std::move(hint));
}

std::optional<std::int64_t> parse_steps(std::string_view digits) {
  std::int64_t steps = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), steps);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || steps < 0) {
    return std::nullopt;
  }
  return steps;
}

}  // namespace partita
