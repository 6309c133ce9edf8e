#include <doctest/doctest.h>

#include "partitions/key.hpp"

namespace partita {
namespace {

TEST_CASE("a key may be any printable text") {
  for (const char* key : {"a", "2024-01-01", "Home and Garden", "foo..bar", "a|b", "a[b]", "x=y,z",
                          "\xc3\xa9t\xc3\xa9", "\xf0\x9f\x8d\x8b", "..", "@latest", "\xc2\xa0"}) {
    CAPTURE(key);
    CHECK(validate_key(key));
  }
}

TEST_CASE("a key is refused that cannot be shown, typed or read back") {
  const std::string_view keys[] = {"",      "a\nb",      "a\rb",         "a\tb",    "a\fb",
                                   "a\vb",  "a\bb",      "a\ab",         {"\0", 1}, "\x1b[1m",
                                   "a\x7f", "a\xc2\x85", "a...b",        "...",     "....",
                                   "\xff",  "\xc3",      "\xed\xa0\x80", "\xc0\xaf"};
  for (const std::string_view key : keys) {
    CAPTURE(printable_key(key));
    CHECK_FALSE(validate_key(key));
  }
}

TEST_CASE("512 bytes are allowed, and no more") {
  CHECK(validate_key(std::string(512, 'x')));
  CHECK_FALSE(validate_key(std::string(513, 'x')));
}

TEST_CASE("a key in a product leaves out what the product's key is joined with") {
  for (const char* key : {"a|b", "a,b", "[a", "a]", "a...b"}) {
    CAPTURE(key);
    CHECK_FALSE(validate_dimension_key(key));
  }
  CHECK(validate_dimension_key("a=b"));
  CHECK(validate_dimension_key("a b"));
}

TEST_CASE("the error names the key and what is wrong with it") {
  CHECK(validate_key("a\nb").error().message ==
        "refuse partition key `a\\x0ab`: it has a control character");
  CHECK(validate_dimension_key("a,s").error().message ==
        "refuse partition key `a,s`: `,` is not allowed in a dimension of a product");
}

TEST_CASE("a long key is cut between characters where a message shows it") {
  std::string key(79, 'x');
  for (int i = 0; i < 20; ++i) key += "\xc3\xa9";
  CHECK(printable_key(key) == std::string(79, 'x') + " and 39 more bytes");
  CHECK(printable_key("\xff"
                      "a") == "\\xffa");
}

TEST_CASE("the name of a dimension is letters, digits and dashes") {
  for (const char* name : {"date", "_x", "Region-2", "a1", "1a"})
    CHECK(validate_dimension_name(name));
  for (const char* name : {"", "-a", "a b", "a=b", "a|b", "\xc3\xa9"}) {
    CHECK_FALSE(validate_dimension_name(name));
  }
}

}  // namespace
}  // namespace partita
