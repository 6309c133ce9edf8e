#include <doctest/doctest.h>
#include <partita/table.hpp>

#include <string>

TEST_CASE("a table without rows is its head") {
  CHECK(partita::Table({"a", "b"}).markdown() == "| a | b |\n| --- | --- |\n");
}

TEST_CASE("cells are texts, numbers and bools, and cannot break the table") {
  partita::Table table({"cell"});
  table.row("a|b").row("two\r\nlines").row(1.5).row(-2).row(true).row(0.1);
  CHECK(table.row_count() == 6);
  CHECK(table.markdown() ==
        "| cell |\n| --- |\n| a\\|b |\n| two<br>lines |\n| 1.5 |\n| -2 |\n| true |\n| 0.1 |\n");
}

TEST_CASE("a row of another width is refused") {
  partita::Table table({"a", "b"});
  CHECK_THROWS_WITH_AS(table.row("only"), "add a row of 1 cells to a table of 2 columns",
                       partita::Failed);
}
