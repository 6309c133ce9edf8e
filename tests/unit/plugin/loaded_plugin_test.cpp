#include "plugin/loaded_plugin.hpp"

#include <doctest/doctest.h>

using namespace partita;

namespace {

Path animal(const std::string& name) {
  return Path(PARTITA_BINARY_DIR) / "zoo" / (name + ".so");
}

}  // namespace

TEST_CASE("a plugin is opened, declares, and runs what it declares") {
  std::string phases;
  const auto plugin = LoadedPlugin::open(
      animal("shop_1"), [&](const char* phase) { phases += phase + std::string("; "); });
  REQUIRE(plugin);
  CHECK(phases == "its constructors; its entry; define(); ");
  CHECK((*plugin)->declarations().plugin_id == "shop");
  CHECK((*plugin)->declarations().assets.size() == 2);
  partita_run run{};
  run.size = sizeof run;
  run.partition = {"2024-01-01", 10};
  CHECK((*plugin)->run_asset("orders", run) == PARTITA_OK);
  CHECK((*plugin)->run_check("orders", "not_empty", run) == PARTITA_OK);
  CHECK((*plugin)->run_asset("nowhere", run) == PARTITA_NOT_FOUND);
  CHECK((*plugin)->run_check("returns", "not_empty", run) == PARTITA_NOT_FOUND);
}

TEST_CASE("define() says the same again, in a sound plugin") {
  const auto sound = LoadedPlugin::open(animal("shop_1"));
  REQUIRE(sound);
  CHECK(((*sound)->define_again().value() == (*sound)->declarations()));
  const auto changing = LoadedPlugin::open(animal("changes_its_mind"));
  REQUIRE(changing);
  CHECK_FALSE(((*changing)->define_again().value() == (*changing)->declarations()));
}

TEST_CASE("what cannot be opened is an error with the loader's own words") {
  CHECK(LoadedPlugin::open(animal("missing_symbol"))
            .error()
            .message.find("undefined symbol: _ZN6prices5tableEi") != std::string::npos);
  CHECK(
      LoadedPlugin::open(animal("no_note")).error().message.find("is no plugin, it has no note") !=
      std::string::npos);
  CHECK(LoadedPlugin::open(animal("throws_int")).error().message == "its entry threw int");
}
