#include "base/clock.hpp"

#include <doctest/doctest.h>

using namespace partita;

TEST_CASE("instants are written in UTC and read back") {
  for (const Instant instant :
       {Instant{0}, Instant{1'704'067'200}, Instant{-3'786'825'600}, Instant{16'725'225'599}}) {
    CAPTURE(instant);
    const Result<Instant> back = parse_instant(format_instant(instant));
    REQUIRE(back);
    CHECK(*back == instant);
  }
  CHECK(format_instant(1'704'067'200) == "2024-01-01T00:00:00Z");
}

TEST_CASE("dates and times with an offset are read") {
  CHECK(*parse_instant("2024-01-01") == 1'704'067'200);
  CHECK(*parse_instant("2024-01-01T02:00+02:00") == 1'704'067'200);
  CHECK(*parse_instant("2023-12-31 19:00:00-0500") == 1'704'067'200);
}

TEST_CASE("what is no time is refused by name") {
  for (const char* text : {"", "yesterday", "2024-02-30", "2024-13-01", "2024-01-01T25:00",
                           "2024-01-01x", "24-01-01", "2024-01-01T10", "2024-01-01T10:00+"}) {
    CAPTURE(text);
    const Result<Instant> refused = parse_instant(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find(text) != std::string::npos);
  }
}
