#include "cli/look.hpp"

#include <doctest/doctest.h>

using namespace partita;

namespace {

StreamFacts terminal() {
  StreamFacts facts;
  facts.is_terminal = true;
  facts.terminal_columns = 120;
  facts.term = "xterm";
  return facts;
}

}  // namespace

TEST_CASE("a terminal has colour and its own width") {
  const Look look = decide_look(terminal(), ColorChoice::automatic);
  CHECK(look.color);
  CHECK(look.terminal);
  CHECK(look.width == 120);
}

TEST_CASE("a pipe has no colour and 80 columns") {
  const Look look = decide_look({}, ColorChoice::automatic);
  CHECK_FALSE(look.color);
  CHECK_FALSE(look.terminal);
  CHECK(look.width == 80);
}

TEST_CASE("text is cut for a terminal, or where COLUMNS says so") {
  CHECK(decide_look(terminal(), ColorChoice::automatic).cuts);
  CHECK_FALSE(decide_look({}, ColorChoice::automatic).cuts);
  StreamFacts facts;
  facts.columns = "100";
  CHECK(decide_look(facts, ColorChoice::automatic).cuts);
}

TEST_CASE("COLUMNS wins over the terminal where it is a number") {
  StreamFacts facts = terminal();
  facts.columns = "100";
  CHECK(decide_look(facts, ColorChoice::automatic).width == 100);
  facts.columns = "wide";
  CHECK(decide_look(facts, ColorChoice::automatic).width == 120);
  facts.columns = "3";
  CHECK(decide_look(facts, ColorChoice::automatic).width == 40);
}

TEST_CASE("NO_COLOR takes colour away, and --color decides over it") {
  StreamFacts facts = terminal();
  facts.no_color = "1";
  CHECK_FALSE(decide_look(facts, ColorChoice::automatic).color);
  CHECK(decide_look(facts, ColorChoice::always).color);
  CHECK_FALSE(decide_look(terminal(), ColorChoice::never).color);
}

TEST_CASE("a dumb terminal gets neither colour nor glyphs nor redrawing") {
  StreamFacts facts = terminal();
  facts.term = "dumb";
  const Look look = decide_look(facts, ColorChoice::automatic);
  CHECK_FALSE(look.color);
  CHECK_FALSE(look.glyphs);
  CHECK_FALSE(look.terminal);
}

TEST_CASE("glyphs need a locale that can show them") {
  struct Row {
    const char* locale;
    bool glyphs;
  };
  for (const Row& row :
       {Row{"", true}, Row{"en_US.UTF-8", true}, Row{"C.utf8", true}, Row{"de_DE", true},
        Row{"C", false}, Row{"POSIX", false}, Row{"de_DE.ISO-8859-1", false}}) {
    CAPTURE(row.locale);
    StreamFacts facts = terminal();
    facts.locale = row.locale;
    CHECK(decide_look(facts, ColorChoice::automatic).glyphs == row.glyphs);
  }
}
