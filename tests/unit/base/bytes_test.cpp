#include "base/bytes.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace partita;

TEST_CASE("values are read back as they were written") {
  ByteWriter out;
  const std::int64_t numbers[] = {0,
                                  1,
                                  -1,
                                  63,
                                  -64,
                                  64,
                                  std::numeric_limits<std::int64_t>::max(),
                                  std::numeric_limits<std::int64_t>::min()};
  for (const std::int64_t number : numbers) out.i64(number);
  out.text("text");
  out.flag(true);
  out.f64(-1.25);
  ByteReader in(out.bytes());
  for (const std::int64_t number : numbers) CHECK(in.i64() == number);
  CHECK(in.text() == "text");
  CHECK(in.flag());
  CHECK(in.f64() == -1.25);
  CHECK(in.ok());
  CHECK(in.done());
}

TEST_CASE("every cut of a message is noticed and reads nothing beyond it") {
  ByteWriter out;
  out.u64(300);
  out.text("hello");
  for (std::size_t length = 0; length < out.bytes().size(); ++length) {
    ByteReader in(std::string_view(out.bytes()).substr(0, length));
    (void)in.u64();
    (void)in.text();
    CHECK_FALSE(in.ok());
  }
}

TEST_CASE("a count larger than what is left is refused before anything is made of it") {
  ByteWriter out;
  out.u64(1'000'000'000);
  ByteReader in(out.bytes());
  CHECK(in.count() == 0);
  CHECK_FALSE(in.ok());
}
