// A Look: how text may look on one stream: its width, colours and glyphs.
//
// Decided once per stream from facts about it and the environment; a value from then on.
#pragma once

#include <string>
#include <string_view>

namespace partita {

enum class Tone { plain, strong, faint, good, bad, warning, accent };
enum class ColorChoice { automatic, always, never };

struct Look {
  int width = 80;
  bool color = false;
  bool glyphs = true;     // characters beyond ASCII
  bool terminal = false;  // a person watches, and lines can be redrawn
  bool cuts = true;       // what is too long for the width may lose its end
  bool hints = true;      // what to type next is said

  std::string paint(Tone tone, std::string_view text) const;
  std::string_view cut_mark() const { return glyphs ? "…" : "~"; }
};

// What decides a Look. Environment variables as they are, empty where they are not set.
struct StreamFacts {
  bool is_terminal = false;
  int terminal_columns = 0;  // 0: unknown
  std::string columns;       // COLUMNS
  std::string no_color;      // NO_COLOR
  std::string term;          // TERM
  std::string locale;        // the first that is set of LC_ALL, LC_CTYPE, LANG
};

Look decide_look(const StreamFacts& facts, ColorChoice choice);

StreamFacts facts_of(int fd);

}  // namespace partita
