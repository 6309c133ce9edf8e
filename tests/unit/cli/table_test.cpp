#include "cli/table.hpp"

#include <doctest/doctest.h>

using namespace partita;

namespace {

using Fit = Column::Fit;

Look narrow(int width) {
  Look look;
  look.width = width;
  return look;
}

}  // namespace

TEST_CASE("columns stand under each other, numbers to the right") {
  Table table({{"NAME"}, {"COUNT", Fit::whole, true}});
  table.add({"orders", "7"});
  table.add({"東京", "1,234"});
  CHECK(table.text(narrow(80)) ==
        "NAME    COUNT\n"
        "orders      7\n"
        "東京    1,234\n");
}

TEST_CASE("a column that wraps gives way to the width") {
  Table table({{""}, {"", Fit::wrap}});
  table.add({"orders", "upstream failed because of a feed that is not there"});
  CHECK(table.text(narrow(40)) ==
        "orders  upstream failed because of a\n"
        "        feed that is not there\n");
}

TEST_CASE("a column that clips keeps one line") {
  Table table({{""}, {"", Fit::clip}});
  table.add({"orders", "daily from 2024-01-01, Europe/Berlin"});
  CHECK(table.text(narrow(40)) == "orders  daily from 2024-01-01, Europe/B…\n");
}

TEST_CASE("nothing is clipped for who does not look at a terminal") {
  Look look = narrow(40);
  look.cuts = false;
  Table table({{""}, {"", Fit::clip}});
  table.add({"orders", "daily from 2024-01-01, Europe/Berlin"});
  CHECK(table.text(look) == "orders  daily from 2024-01-01, Europe/Berlin\n");
}

TEST_CASE("a name wider than its column stands whole on a line of its own") {
  Table table({{.title = "", .most = 8}, {""}});
  table.add({"orders", "1"});
  table.add({"product_performance", "2"});
  CHECK(table.text(narrow(80)) ==
        "orders    1\n"
        "product_performance\n"
        "          2\n");
}

TEST_CASE("a last column with a word too long for it goes on under its row, uncut") {
  Table table({{""}, {"", Fit::wrap}});
  table.add({"orders@2024-01-01", "upstream rates@country=Japan,month=2024 failed"});
  CHECK(table.text(narrow(44)) ==
        "orders@2024-01-01\n"
        "    upstream rates@country=Japan,month=2024\n"
        "    failed\n");
}

TEST_CASE("a column without text takes no room, its title included") {
  Table table({{"KEY"}, {"WINDOW"}, {"STATUS"}, {"REASON", Fit::wrap}});
  table.add({"a", "", "missing", ""});
  CHECK(table.text(narrow(80)) == "KEY  STATUS\na    missing\n");
}

TEST_CASE("headings part the rows and are not indented") {
  Table table({{""}});
  table.add_heading("sales");
  table.add({"orders"});
  table.add_heading("ingest");
  table.add({"feeds"});
  CHECK(table.text(narrow(80), 2) == "sales\n  orders\n\ningest\n  feeds\n");
}

TEST_CASE("colours do not move columns") {
  Look look = narrow(80);
  look.color = true;
  Table table({{""}, {""}});
  table.add({{"a", Tone::bad}, "x"});
  table.add({"abc", "y"});
  CHECK(table.text(look) == "\x1b[31ma\x1b[0m    x\nabc  y\n");
}

TEST_CASE("no line ends in spaces") {
  Table table({{""}, {""}});
  table.add({"abc", ""});
  table.add({"a", "b"});
  CHECK(table.text(narrow(80)) == "abc\na    b\n");
}
