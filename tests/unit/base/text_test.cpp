#include "base/text.hpp"

#include <doctest/doctest.h>

using namespace partita;

TEST_CASE("a number is written in groups of three") {
  CHECK(with_thousands(0) == "0");
  CHECK(with_thousands(999) == "999");
  CHECK(with_thousands(1000) == "1,000");
  CHECK(with_thousands(-1234567) == "-1,234,567");
}

TEST_CASE("one of a thing has no plural") {
  CHECK(count_of(1, "partition") == "1 partition");
  CHECK(count_of(2000, "partition") == "2,000 partitions");
}

TEST_CASE("a size is written for people") {
  CHECK(format_size(0) == "0 bytes");
  CHECK(format_size(1) == "1 byte");
  CHECK(format_size(999) == "999 bytes");
  CHECK(format_size(1000) == "1.0 kB");
  CHECK(format_size(9949) == "9.9 kB");
  CHECK(format_size(9950) == "10 kB");
  CHECK(format_size(999'499) == "999 kB");
  CHECK(format_size(999'500) == "1.0 MB");
  CHECK(format_size(34'000'000'000) == "34 GB");
}

TEST_CASE("a duration is written for people") {
  struct Case {
    double seconds;
    const char* text;
  };
  for (const Case& one : {Case{0.0004, "0 ms"},
                          {0.042, "42 ms"},
                          {0.42, "0.4 s"},
                          {9.94, "9.9 s"},
                          {12.4, "12 s"},
                          {200, "3 min 20 s"},
                          {7500, "2 h 05 min"}}) {
    CHECK(format_duration(one.seconds) == one.text);
  }
}

TEST_CASE("near names are found, nearest first, and far ones are not") {
  const std::vector<std::string> names{"letters", "words", "sentence", "letter_box"};
  CHECK(near_matches("leters", names) == std::vector<std::string>{"letters"});
  CHECK(near_matches("wrods", names) == std::vector<std::string>{"words"});
  CHECK(near_matches("zebra", names).empty());
  CHECK(did_you_mean("letter", names) == "did you mean `letters` or `letter_box`?");
  CHECK(did_you_mean("zebra", names).empty());
}

TEST_CASE("a key becomes one path component and no hidden file") {
  CHECK(percent_encode("2024-01-01") == "2024-01-01");
  CHECK(percent_encode("Home and Garden") == "Home%20and%20Garden");
  CHECK(percent_encode("a/b|c") == "a%2Fb%7Cc");
  CHECK(percent_encode("..") == "%2E.");
  CHECK(percent_encode("\xC3\xA9") == "%C3%A9");
}

TEST_CASE("globs match whole texts") {
  struct Case {
    const char* pattern;
    const char* text;
    bool matches;
  };
  for (const Case& one : {Case{"sales_*", "sales_data", true},
                          {"sales_*", "x_sales_data", false},
                          {"*", "", true},
                          {"a?c", "abc", true},
                          {"a?c", "ac", false},
                          {"*b*b", "abab", true},
                          {"*b*b", "aba", false}}) {
    CAPTURE(one.pattern);
    CAPTURE(one.text);
    CHECK(glob_match(one.pattern, one.text) == one.matches);
  }
}

TEST_CASE("UTF-8 is told from what only looks like it") {
  for (const char* good : {"", "abc", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x8E\xBC"})
    CHECK(is_valid_utf8(good));
  for (const char* bad :
       {"\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80", "a\xFF"}) {
    CHECK_FALSE(is_valid_utf8(bad));
  }
}

TEST_CASE("splitting keeps empty parts and joining puts them back") {
  CHECK(split("a||b|", '|') == std::vector<std::string>{"a", "", "b", ""});
  CHECK(split("", '|') == std::vector<std::string>{""});
  CHECK(join(split("a||b|", '|'), "|") == "a||b|");
}
