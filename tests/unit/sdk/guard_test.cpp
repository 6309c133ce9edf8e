#include <doctest/doctest.h>

#include <cstdint>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "unit/sdk/plugins.hpp"

using partita::Definitions;
using partita::Run;
using partita::testing::Given;
using partita::testing::Plugin;

namespace {

struct Odd : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void throw_nested() {
  try {
    try {
      throw Odd("no such file");
    } catch (...) {
      std::throw_with_nested(std::logic_error("read prices.csv"));
    }
  } catch (...) {
    std::throw_with_nested(partita::Failed("price the orders"));
  }
}

void throwing(Definitions& defs) {
  defs.asset("cancelled") = [](Run& run) { run.throw_if_cancelled(); };
  defs.asset("skipped") = [](Run& run) { run.skip("nothing on Sundays"); };
  defs.asset("failed") = [](Run& run) { run.fail("no orders"); };
  defs.asset("memory") = [](Run&) { throw std::bad_alloc(); };
  defs.asset("standard") = [](Run&) { throw std::out_of_range("index 7"); };
  defs.asset("own") = [](Run&) { throw Odd("odd"); };
  defs.asset("nested") = [](Run&) { throw_nested(); };
  defs.asset("int") = [](Run&) { throw 42; };
  defs.asset("text") = [](Run&) { throw "text"; };
}

void throwing_body(Definitions& defs) {
  defs.asset("never registered") = [](Run&) {};
  throw std::runtime_error("no configuration");
}

struct FakeRegistrar {
  partita_registrar table = partita::detail::sized<partita_registrar>();
  int registered = 0;
  std::string reason;

  FakeRegistrar() {
    table.ctx = this;
    table.add_asset = [](void* ctx, const partita_asset*) {
      ++static_cast<FakeRegistrar*>(ctx)->registered;
      return partita_status{PARTITA_INVALID};
    };
    table.add_check = [](void*, const partita_check*) { return partita_status{PARTITA_INVALID}; };
    table.fail = [](void* ctx, partita_str text) {
      static_cast<FakeRegistrar*>(ctx)->reason = partita::detail::view(text);
    };
  }
};

std::string define_error(void (*body)(Definitions&)) {
  FakeRegistrar registrar;
  CHECK(partita::detail::define(body, &registrar.table) == PARTITA_FAILED);
  CHECK(registrar.registered == 0);
  return registrar.reason;
}

}  // namespace

TEST_CASE("what a function throws becomes a status and a text") {
  struct Case {
    const char* asset;
    partita_status status;
    std::string text;
  };
  const Case cases[] = {
      {"skipped", PARTITA_SKIPPED, "nothing on Sundays"},
      {"failed", PARTITA_FAILED, "no orders"},
      {"memory", PARTITA_NO_MEMORY, "out of memory"},
      {"standard", PARTITA_FAILED, "std::out_of_range: index 7"},
      {"own", PARTITA_FAILED, "(anonymous namespace)::Odd: odd"},
      {"nested", PARTITA_FAILED,
       "price the orders; caused by std::logic_error: read prices.csv; caused by "
       "(anonymous namespace)::Odd: no such file"},
      {"int", PARTITA_FAILED, "[int]"},
      {"text", PARTITA_FAILED, "[char const*]"},
  };
  Plugin plugin(entry_of<throwing>);
  for (const auto& expected : cases) {
    CAPTURE(expected.asset);
    const auto result = plugin.materialize(expected.asset);
    CHECK(result.status() == expected.status);
    CHECK(result.error() == expected.text);
  }
}

TEST_CASE("throw_if_cancelled ends a run that is being cancelled, and no other") {
  Plugin plugin(entry_of<throwing>);
  CHECK(plugin.materialize("cancelled").ok());
  CHECK(plugin.materialize("cancelled", Given().cancelled()).cancelled());
}

TEST_CASE("a body that throws fails define and registers nothing") {
  CHECK(define_error(throwing_body) == "std::runtime_error: no configuration");
}

TEST_CASE("what is incomplete or contradicts itself fails define, by name") {
  CHECK(define_error([](Definitions& defs) { defs.asset("lost").keys({"a"}); }) ==
        "asset `lost` has no function: assign one with `=`");
  CHECK(define_error([](Definitions& defs) { defs.check("stray") = [](Run&) { return true; }; }) ==
        "check `stray` has no asset: name it with on()");
  CHECK(define_error([](Definitions& defs) {
          defs.asset("twice").keys({"a"}).daily("2024-01-01") = [](Run&) {};
        }) == "asset `twice` has partitions already: name each dimension, with by()");
  CHECK(define_error([](Definitions& defs) {
          defs.asset("mixed").keys({"a"}).by("b", partita::keys({"b"})) = [](Run&) {};
        }) == "asset `mixed` has partitions without a name beside dimension `b`");
  CHECK(define_error([](Definitions& defs) { defs.asset("none").batch(0) = [](Run&) {}; }) ==
        "asset `none` has batch(0), a function that is given no partition: batch(1) gives it one, "
        "single_run() all that follow each other");
}

TEST_CASE("a table of an impossible size, and a null one, are refused") {
  for (const std::uint32_t size : {4U, 5000U}) {
    FakeRegistrar registrar;
    registrar.table.size = size;
    CHECK(partita::detail::define(throwing, &registrar.table) == PARTITA_FAILED);
    CHECK(registrar.registered == 0);
  }
  CHECK(partita::detail::define(throwing, nullptr) == PARTITA_FAILED);
}
