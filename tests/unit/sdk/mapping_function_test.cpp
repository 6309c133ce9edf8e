// map_by(): an author's functions behind the tables of a mapping.
#include <doctest/doctest.h>
#include <partita/plugin.hpp>
#include <partita/testing.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "plugins.hpp"

using partita::Definitions;
using partita::Keys;
using partita::PartitionKey;
using partita::Run;
using partita::detail::to_str;
using partita::detail::view;

namespace {

// What a host keeps of one mapping's functions, and what they were heard to say.
struct Host {
  partita_mapping mapping{};
  partita_asset asset{};
  partita_status answer = PARTITA_OK;
  std::vector<std::string> said;  // `position: key`
  std::string failure;

  void define(void (*body)(Definitions&)) {
    auto registrar = partita::detail::sized<partita_registrar>();
    registrar.ctx = this;
    registrar.add_asset = [](void* ctx, const partita_asset* table) {
      auto& self = *static_cast<Host*>(ctx);
      REQUIRE(table->dep_count == 1);
      self.asset = *table;
      self.mapping = *table->deps[0]->mapping;
      return self.answer;
    };
    registrar.add_check = [](void*, const partita_check*) { return partita_status{PARTITA_OK}; };
    REQUIRE(partita::detail::define(body, &registrar) == PARTITA_OK);
  }

  // Asks about keys of one dimension without a name, each a window of its own.
  partita_status ask(partita_mapping_fn function, const std::vector<std::string>& keys) {
    std::vector<partita_dimension_key> dimensions;
    std::vector<const partita_dimension_key*> dimension_pointers;
    std::vector<partita_mapping_key> tables;
    std::vector<const partita_mapping_key*> pointers;
    dimensions.reserve(keys.size());
    dimension_pointers.reserve(keys.size());
    tables.reserve(keys.size());
    for (const std::string& key : keys) {
      const auto start = static_cast<std::int64_t>(tables.size()) * 100;
      dimensions.push_back({sizeof(partita_dimension_key), PARTITA_KEY_HAS_WINDOW, to_str("n"),
                            to_str(key), start, start + 100});
      dimension_pointers.push_back(&dimensions.back());
      tables.push_back(
          {sizeof(partita_mapping_key), 0, to_str(key), &dimension_pointers.back(), 1});
      pointers.push_back(&tables.back());
    }
    auto sink = partita::detail::sized<partita_key_sink>();
    sink.ctx = this;
    sink.add = [](void* ctx, std::size_t position, const partita_str* list, std::size_t count) {
      auto& self = *static_cast<Host*>(ctx);
      for (std::size_t i = 0; i < count; ++i) {
        if (view(list[i]) == "refused") return partita_status{PARTITA_INVALID};
        self.said.push_back(std::to_string(position) + ": " + std::string(view(list[i])));
      }
      return partita_status{PARTITA_OK};
    };
    sink.fail = [](void* ctx, partita_str text) { static_cast<Host*>(ctx)->failure = view(text); };
    return function(mapping.user, pointers.data(), pointers.size(), &sink);
  }

  void drop() {
    mapping.drop(mapping.user);
    asset.drop(asset.user);
  }
};

void nothing(Run&) {}

void doubled(Definitions& defs) {
  defs.asset("a").from(
      "b",
      partita::map_by("doubled",
                      [](std::string_view key, Keys& upstream) {
                        upstream.add(std::string(key) + "0").add(std::string(key) + "1");
                      })
          .inverse([](const PartitionKey& key, Keys& downstream) {
            downstream.add(std::string(key.key("n")) + "@" + std::to_string(key.window().start));
          })
          .allow_missing()) = nothing;
}

std::weak_ptr<int> state;

void stateful(Definitions& defs) {
  auto held = std::make_shared<int>(7);
  state = held;
  defs.asset("a").from("b", partita::map_by("held", [held](std::string_view, Keys&) {})) = nothing;
}

void throws_at_two(std::string_view key, Keys& upstream) {
  if (key == "2") throw std::out_of_range("no such row");
  if (key == "3") upstream.add("refused");
  if (key == "4") throw 42;
  upstream.add(std::string(key));
}

}  // namespace

TEST_CASE("a function and its inverse are called for each key of a batch") {
  Host host;
  host.define(doubled);
  CHECK(host.mapping.kind == PARTITA_MAP_FUNCTION);
  CHECK(host.mapping.allow_missing == 1);
  CHECK(host.ask(host.mapping.upstream_of, {"5", "6"}) == PARTITA_OK);
  CHECK(host.said == std::vector<std::string>{"0: 50", "0: 51", "1: 60", "1: 61"});
  host.said.clear();
  CHECK(host.ask(host.mapping.downstream_of, {"x", "y"}) == PARTITA_OK);
  CHECK(host.said == std::vector<std::string>{"0: x@0", "1: y@100"});
  host.drop();
}

TEST_CASE("a mapping's function lives until the host drops it, and no longer where it is refused") {
  Host host;
  host.define(stateful);
  CHECK((host.mapping.downstream_of == nullptr));
  CHECK_FALSE(state.expired());
  host.drop();
  CHECK(state.expired());
  host.answer = PARTITA_INVALID;
  host.define(stateful);
  CHECK(state.expired());
}

TEST_CASE("what a mapping's function throws is told with the key it was asked about") {
  Host host;
  host.define([](Definitions& defs) {
    defs.asset("a").from("b", partita::map_by("table", throws_at_two)) = nothing;
  });
  CHECK(host.ask(host.mapping.upstream_of, {"1", "2"}) == PARTITA_FAILED);
  CHECK(host.failure == "at `2`: std::out_of_range: no such row");
  CHECK(host.ask(host.mapping.upstream_of, {"3"}) == PARTITA_FAILED);
  CHECK(host.failure == "at `3`: the host refuses a key it returned");
  CHECK(host.ask(host.mapping.upstream_of, {"4"}) == PARTITA_FAILED);
  CHECK(host.failure == "at `4`: [int]");
  host.drop();
}

TEST_CASE("the key of a product joins its parts in the order of their names") {
  CHECK(partita::product_key({{"region", "eu"}, {"date", "2024-01-01"}}) == "2024-01-01|eu");
}

TEST_CASE("only a mapping by a function has an inverse to give") {
  CHECK_THROWS_AS(partita::identity().inverse([](std::string_view, Keys&) {}), partita::Failed);
}

namespace {

void fiscal(Definitions& defs) {
  defs.asset("days").daily("2024-01-01") = nothing;
  defs.asset("parts")
      .keys({"first", "rest"})
      .from("days", partita::map_by("halves", [](std::string_view part, Keys& days) {
                      if (part == "rest") throw std::out_of_range("no end");
                      days.add("2024-01-01");
                    }).inverse([](const PartitionKey& day, Keys& parts) {
        parts.add(day.window().start == 1'704'067'200 ? "first" : "rest");
      })) = nothing;
}

}  // namespace

TEST_CASE("a test asks a mapping's function and its inverse without a host") {
  const partita::testing::Plugin plugin(entry_of<fiscal>);
  CHECK(plugin.upstream_of("parts", "first", "days") == std::vector<std::string>{"2024-01-01"});
  CHECK(plugin.downstream_of("days", "2024-01-02", "parts") == std::vector<std::string>{"rest"});
  CHECK_THROWS_WITH(plugin.upstream_of("parts", "rest", "days"),
                    "at `rest`: std::out_of_range: no end");
  CHECK_THROWS_AS(plugin.upstream_of("parts", "first", "weeks"), std::invalid_argument);
}

TEST_CASE("a plugin under test drops what its mappings' functions hold") {
  {
    const partita::testing::Plugin plugin(entry_of<stateful>);
  }
  CHECK(state.expired());
}
