#include "csv/csv.hpp"

#include <doctest/doctest.h>
#include <partita/errors.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

csv::Document parse(std::string_view text) {
  return csv::Document::parse(text, "t.csv", {});
}

std::string only_cell(std::string_view text) {
  const auto document = parse(text);
  REQUIRE(document.rows().size() == 1);
  return document.rows()[0].text("a");
}

std::string error_of(std::string_view text) {
  try {
    parse(text);
  } catch (const partita::Failed& failed) {
    return failed.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a cell is what RFC 4180 says it is") {
  struct Case {
    std::string_view text;
    std::string_view cell;
  };
  const Case cases[] = {
      {"a\nplain", "plain"},
      {"a\nplain\n", "plain"},
      {"a\r\nplain\r\n", "plain"},
      {"a,b\n,x\n", ""},
      {"a,b\n\"\",x\n", ""},
      {"a\n\"one, two\"\n", "one, two"},
      {"a\n\"say \"\"hi\"\"\"\n", "say \"hi\""},
      {"a\n\"two\nlines\"\n", "two\nlines"},
      {"a\n\"two\r\nlines\"\r\n", "two\r\nlines"},
      {"\xEF\xBB\xBF"
       "a\nafter a byte order mark\n",
       "after a byte order mark"},
      {"a\n\n  spaces stay \n\n", "  spaces stay "},
  };
  for (const auto& expected : cases) {
    CAPTURE(expected.text);
    CHECK(only_cell(expected.text) == expected.cell);
  }
}

TEST_CASE("the last cell of a row may be empty") {
  const auto document = parse("a,b\n1,\n");
  CHECK(document.rows()[0].text("b") == "");
}

TEST_CASE("rows know the line they begin in, after cells of many lines too") {
  const auto document = parse("a\n\"1\n2\n3\"\n\nx\n");
  const auto rows = document.rows();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].line() == 2);
  CHECK(rows[1].line() == 6);
}

TEST_CASE("what is not CSV is refused with its line") {
  CHECK(error_of("a\nx\n\"open\nend") == "t.csv:3: quote is never closed");
  CHECK(error_of("a\n\"closed\"more\n") == "t.csv:2: text after a closing quote");
  CHECK(error_of("a\nin\"side\n") == "t.csv:2: quote within a cell that has none around it");
  CHECK(error_of("a,b\n1,2\n1\n") == "t.csv:3: 1 cells, the header has 2");
}

TEST_CASE("a cell of the wrong type is refused with line, column and value") {
  const auto document = parse("amount,date\n\"12,x\",1 May\n,\n1e999,2024-1-01\n");
  const auto rows = document.rows();
  CHECK_THROWS_WITH(rows[0].number("amount"), "t.csv:2: amount `12,x` is not a number");
  CHECK_THROWS_WITH(rows[0].integer("amount"), "t.csv:2: amount `12,x` is not an integer");
  CHECK_THROWS_WITH(rows[0].date("date"), "t.csv:2: date `1 May` is not a date such as 2024-01-31");
  CHECK_THROWS_WITH(rows[1].number("amount"), "t.csv:3: amount `` is not a number");
  CHECK_THROWS_WITH(rows[2].number("amount"), "t.csv:4: amount `1e999` is not a number");
  CHECK_THROWS_WITH(rows[2].text("price"), "t.csv:1: no column `price`");
}

TEST_CASE("numbers and dates are read") {
  const auto document = parse("n,i,d\n-12.50,42,2024-02-29\n");
  const auto row = document.rows()[0];
  CHECK(row.number("n") == -12.5);
  CHECK(row.integer("i") == 42);
  CHECK(row.date("d") == "2024-02-29");
}

TEST_CASE("a column or a file that is missing is named") {
  CHECK_THROWS_WITH(csv::Document::parse("a\n", "t.csv", {"a", "b"}), "t.csv:1: no column `b`");
  CHECK_THROWS_WITH(csv::Document::parse("", "t.csv", {"a"}), "t.csv:1: no column `a`");
  CHECK_THROWS_WITH(csv::Document::read("/nowhere/t.csv", {}),
                    "open /nowhere/t.csv: No such file or directory");
}
