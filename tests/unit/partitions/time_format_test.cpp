#include "partitions/time_format.hpp"

#include <doctest/doctest.h>

namespace partita {
namespace {

TimeFormat format(const char* text) {
  auto parsed = TimeFormat::parse(text);
  REQUIRE_MESSAGE(parsed, text);
  return *parsed;
}

struct Written {
  const char* format;
  const char* time;
  const char* text;
};
constexpr Written kWritten[] = {
    {"%Y-%m-%d", "2024-02-29", "2024-02-29"},
    {"%F %T", "2024-02-29T13:05:09", "2024-02-29 13:05:09"},
    {"%Y%m%dT%R", "1850-01-01T00:01", "18500101T00:01"},
    {"%a %b %d %I:%M%p %Y", "2021-01-12T14:00", "Tue Jan 12 02:00PM 2021"},
    {"%I%p %d.%m.%y", "1999-12-31T00:00", "12AM 31.12.99"},
    {"%I%p %F", "1999-12-31T12:00", "12PM 1999-12-31"},
    {"%A, %d %B %Y", "2024-05-01", "Wednesday, 01 May 2024"},
    {"%Y/%j", "2024-12-31", "2024/366"},
    {"%G-W%V-%u", "2021-01-03", "2020-W53-7"},
    {"%G-W%V-%u", "2024-12-30", "2025-W01-1"},
    {"%Y-%U-%w", "2024-01-06", "2024-00-6"},
    {"%Y-%U-%w", "2024-01-07", "2024-01-0"},
    {"%Y-%W-%a", "2024-01-01", "2024-01-Mon"},
    {"%Y-%W-%A", "2023-01-01", "2023-00-Sunday"},
    {"100%% of %Y %H.%f", "2024-01-01T07:00", "100% of 2024 07.000000"},
};

TEST_CASE("times are written as strftime does and read back") {
  for (const Written& written : kWritten) {
    CAPTURE(written.format);
    const LocalSeconds local = parse_local(written.time).value();
    const TimeFormat own = format(written.format);
    CHECK(own.write(local, 0) == written.text);
    const auto reading = own.read(written.text);
    REQUIRE(reading);
    CHECK(reading->local == local);
  }
}

TEST_CASE("a text without some fields is the earliest time that is written so") {
  CHECK(format("%Y-%m").read("2024-03")->local == parse_local("2024-03-01"));
  CHECK(format("%G-W%V").read("2020-W53")->local == parse_local("2020-12-28"));
  CHECK(format("%Y week %U").read("2024 week 00")->local == parse_local("2024-01-01"));
  CHECK(format("%Y week %W").read("2024 week 02")->local == parse_local("2024-01-08"));
}

TEST_CASE("offsets are part of the format or follow the text") {
  const auto inside = format("%Y-%m-%d %H:%M%z").read("2024-01-01 05:00-0330");
  REQUIRE(inside);
  CHECK(inside->offset == -12600);
  CHECK(format("%H:%M %Y").read("01:00 2021-0600")->offset == -21600);
  CHECK_FALSE(format("%H:%M %Y").read("01:00 2021")->offset);
  CHECK(format_offset(20700) == "+0545");
  CHECK(format_offset(-17762) == "-045602");
  CHECK(format("%Y").read("1850-045602")->offset == -17762);
}

TEST_CASE("a text of another form is not read") {
  for (const char* text :
       {"", "2024-1-01", "2024-13-01", "2024-02-30", "2024-01-01 ", "2024-01", "2024/01/01",
        "2024-01-01-08", "+024-01-01", "2024- 1-01", "2024-00-10"}) {
    CAPTURE(text);
    CHECK_FALSE(format("%Y-%m-%d").read(text));
  }
  CHECK_FALSE(format("%Y %H:%M").read("2024 24:00"));
  CHECK_FALSE(format("%Y %I%p").read("2024 00AM"));
  CHECK_FALSE(format("%Y %b").read("2024 jan"));
}

TEST_CASE("digits right behind an offset are refused, as they could be its seconds") {
  for (const char* text : {"%F %z%T", "%F%z00", "%z%Y"}) CHECK_FALSE(TimeFormat::parse(text));
  CHECK(TimeFormat::parse("%F%z%T").error().message ==
        "refuse format `%F%z%T`: digits follow `%z` without a separator");
  CHECK(format("%z %F%p%z").read("-045602 1850-01-01AM-045602")->offset == -17762);
}

TEST_CASE("a conversion that cannot be read back is refused by name") {
  for (const char* text : {"%Z", "%c", "%-d", "%", "%Y-%"}) CHECK_FALSE(TimeFormat::parse(text));
  CHECK(TimeFormat::parse("%Y %Z").error().message ==
        "refuse format `%Y %Z`: it has `%Z`, which cannot be read back");
  CHECK(TimeFormat::parse("%Y%é").error().message ==
        "refuse format `%Y%é`: it has `%é`, which cannot be read back");
  CHECK(TimeFormat::parse("%Y%\t").error().message ==
        "refuse format `%Y%\\x09`: it has `%\\x09`, which cannot be read back");
}

}  // namespace
}  // namespace partita
