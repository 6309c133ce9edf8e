// A SelectionScanner: a place in the text of a selection, the tokens that begin there, and errors
// that show it. Knows nothing of the grammar above tokens. Not shared between threads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace partita {

class SelectionScanner {
 public:
  explicit SelectionScanner(std::string_view text) : text_(text) {}

  std::size_t position() const { return position_; }  // in bytes
  void skip_space();
  bool at_end() const { return position_ == text_.size(); }

  // The character here, or after this one; zero at the end.
  char peek(std::size_t ahead = 0) const;

  // Take what is named if it is here, without skipping space.
  bool take(std::string_view symbol);
  bool take_word(std::string_view word);      // as a whole name
  bool take_key_word(std::string_view word);  // as a whole key

  // The longest of each kind that begins here, empty if there is none.
  std::string_view take_digits();
  std::string_view take_name(
      std::string_view more = {});  // of an asset; `more` are allowed as well
  std::string_view take_key();      // of a partition, unquoted

  // A double-quoted text; a quote must be here.
  Result<std::string> take_quoted();

  // Where a byte stands, in characters from 1.
  std::size_t column_of(std::size_t position) const;

  // The message, then the text with a caret under `position`.
  Error error_at(std::size_t position, std::string_view message, std::string hint = {}) const;
  Error error_here(std::string_view message, std::string hint = {}) const;

 private:
  std::string_view take_until(std::size_t end);

  std::string_view text_;
  std::size_t position_ = 0;
  // A list may have very many keys, each with its column: counted on from the one asked for last.
  mutable std::size_t counted_to_ = 0;
  mutable std::size_t characters_ = 0;
};

// Whether the text is a number of steps; nothing where it is none or too large.
std::optional<std::int64_t> parse_steps(std::string_view digits);

}  // namespace partita
