// Text as a terminal shows it: how many columns it takes, and cutting, padding and wrapping by
// that.
//
// Colours (SGR sequences) take no room, wide characters take two columns, combining ones none.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace partita {

int display_width(std::string_view text);

// At most `width` columns: what is too long loses its end to `mark`, which takes one column.
std::string clipped(std::string_view text, int width, std::string_view mark = "…");

// Exactly `width` columns where the text is not longer.
std::string padded_right(std::string_view text, int width);
std::string padded_left(std::string_view text, int width);

// Lines of at most `width` columns, broken at spaces; a longer word is left whole. At least one
// line.
std::vector<std::string> wrapped(std::string_view text, int width);

// Every line with `margin` in front.
std::string indented(std::string_view text, std::string_view margin);

// One line that is safe to show: without escape sequences, tabs and other control characters.
std::string printable_line(std::string_view text);

// Partitions in the selection grammar, which may be in a million pieces: the first of them.
std::string partitions_shown(const std::string& partitions);

// As a shell reads it back as one word.
std::string shell_quoted(std::string_view text);

}  // namespace partita
