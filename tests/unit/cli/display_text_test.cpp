#include "cli/display_text.hpp"

#include <doctest/doctest.h>

using namespace partita;

TEST_CASE("the width of a text is what a terminal shows") {
  struct Row {
    const char* text;
    int width;
  };
  for (const Row& row : {Row{"", 0}, Row{"abc", 3}, Row{"Zürich", 6}, Row{"東京", 4},
                         Row{"e\u0301", 1}, Row{"\x1b[31mred\x1b[0m", 3}, Row{"\xff", 1}}) {
    CAPTURE(row.text);
    CHECK(display_width(row.text) == row.width);
  }
}

TEST_CASE("a text that is too long loses its end, and its colour is closed") {
  CHECK(clipped("orders", 6) == "orders");
  CHECK(clipped("orders", 5) == "orde…");
  CHECK(clipped("orders", 5, "~") == "orde~");
  CHECK(clipped("東京都", 5) == "東京…");
  CHECK(clipped("東京都", 4) == "東…");
  CHECK(clipped("\x1b[31morders\x1b[0m", 4) == "\x1b[31mord…\x1b[0m");
}

TEST_CASE("padding counts columns, not bytes") {
  CHECK(padded_right("東京", 6) == "東京  ");
  CHECK(padded_left("ü", 3) == "  ü");
  CHECK(padded_right("long", 2) == "long");
}

TEST_CASE("wrapping breaks at spaces and never in a word") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("a verylongword b", 6) == std::vector<std::string>{"a", "verylongword", "b"});
  CHECK(wrapped("", 6) == std::vector<std::string>{""});
}

TEST_CASE("a colour that goes on over a break is closed and opened again") {
  const std::vector<std::string> lines = wrapped("\x1b[31mone two\x1b[0m", 3);
  CHECK(lines == std::vector<std::string>{"\x1b[31mone\x1b[0m", "\x1b[31mtwo\x1b[0m"});
}

TEST_CASE("what a plugin prints cannot move the cursor") {
  CHECK(printable_line("\x1b[2J\x1b[31mred\x1b[0m") == "red");
  CHECK(printable_line("50%\r100%\n") == "50% 100%");
  CHECK(printable_line("a\t\tb") == "a b");
  CHECK(printable_line("\x1b]0;title\a"
                       "text") == "text");
  CHECK(printable_line("cut \x1b[") == "cut");
  CHECK(printable_line("cut \x1b") == "cut");
}

TEST_CASE("a word is quoted for the shell where it needs it") {
  CHECK(shell_quoted("orders@2024-01-01..2024-02-01") == "orders@2024-01-01..2024-02-01");
  CHECK(shell_quoted("sales_*") == "'sales_*'");
  CHECK(shell_quoted("shop@\"Home and Garden\"") == "'shop@\"Home and Garden\"'");
  CHECK(shell_quoted("it's") == "'it'\\''s'");
  CHECK(shell_quoted("") == "''");
}

TEST_CASE("of partitions in very many pieces the first are shown") {
  CHECK(partitions_shown("{a,b}") == "{a,b}");
  std::string many = "{0";
  for (int i = 1; i < 1000; ++i) many += "," + std::to_string(i);
  const std::string shown = partitions_shown(many + "}");
  CHECK(shown.size() < 410);
  CHECK(shown.starts_with("{0,1,2,"));
  CHECK(shown.ends_with(",..."));
}
