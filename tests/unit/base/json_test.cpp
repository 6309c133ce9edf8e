#include "base/json.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace partita;

TEST_CASE("an object is written in the order it was built, and reads back equal") {
  const Json json = Json::object()
                        .set("b", 1)
                        .set("a", Json::array().push("x\n\"y\"").push(Json()).push(true).push(1.5))
                        .set("c", Json::object());
  CHECK(json.dump() == R"({"b":1,"a":["x\n\"y\"",null,true,1.5],"c":{}})");
  const Result<Json> back = Json::parse(json.dump());
  REQUIRE(back);
  CHECK(*back == json);
  CHECK(*Json::parse(json.pretty()) == json);
}

TEST_CASE("setting a member again replaces it where it stands") {
  Json json = Json::object().set("a", 1).set("b", 2);
  json.set("a", 3);
  CHECK(json.dump() == R"({"a":3,"b":2})");
}

TEST_CASE("reading what is not there gives a neutral value") {
  const Json json = Json::object().set("a", 1);
  CHECK(json["x"]["y"].is_null());
  CHECK(json["a"].as_string().empty());
  CHECK(json["a"].as_array().empty());
}

TEST_CASE("a whole floating-point number stays one") {
  CHECK(Json(2.0).dump() == "2.0");
  CHECK(Json::parse("2.0")->is_double());
  CHECK(Json(0.042).dump() == "0.042");
}

TEST_CASE("a number that JSON cannot write becomes null") {
  CHECK(Json(std::nan("")).dump() == "null");
}

TEST_CASE("malformed text is refused") {
  for (const char* text : {"", "{", "[1,]", "nul", "\"\xFF\""}) {
    CAPTURE(text);
    CHECK_FALSE(Json::parse(text));
  }
}
