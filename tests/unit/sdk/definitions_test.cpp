// What the facade writes into the tables of the contract.
#include <doctest/doctest.h>
#include <partita/plugin.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

using partita::Definitions;
using partita::Run;
using partita::detail::view;

namespace {

using Body = void (*)(Definitions&);
using OnAsset = std::function<void(const partita_asset&)>;

struct Host {
  OnAsset on_asset;
  std::function<void(const partita_check&)> on_check = [](const partita_check&) {};
  partita_status answer = PARTITA_OK;
};

// Defines a plugin, and shows what it registers; drops at once what it took over.
void register_with(Host& host, Body body) {
  auto registrar = partita::detail::sized<partita_registrar>();
  registrar.ctx = &host;
  registrar.add_asset = [](void* ctx, const partita_asset* asset) {
    auto& self = *static_cast<Host*>(ctx);
    self.on_asset(*asset);
    if (self.answer == PARTITA_OK && asset->drop != nullptr) asset->drop(asset->user);
    return self.answer;
  };
  registrar.add_check = [](void* ctx, const partita_check* check) {
    auto& self = *static_cast<Host*>(ctx);
    self.on_check(*check);
    if (self.answer == PARTITA_OK) check->drop(check->user);
    return self.answer;
  };
  REQUIRE(partita::detail::define(body, &registrar) == PARTITA_OK);
}

void with_asset(Body body, const OnAsset& look) {
  int seen = 0;
  Host host{[&](const partita_asset& asset) {
    ++seen;
    look(asset);
  }};
  register_with(host, body);
  CHECK(seen == 1);
}

void nothing(Run&) {}

void full(Definitions& defs) {
  defs.asset("orders")
      .description("all of them")
      .group("sales")
      .kind("csv")
      .kind("sqlite")
      .tag("tier", "gold")
      .owner("team:data")
      .code_version("3")
      .pool("warehouse") = nothing;
}

std::weak_ptr<int> state;

void stateful(Definitions& defs) {
  auto shared = std::shared_ptr<int>(new int(1));
  state = shared;
  defs.asset("stateful") = [shared](Run&) {};
}

}  // namespace

TEST_CASE("an asset's texts and lists arrive") {
  with_asset(full, [](const partita_asset& asset) {
    CHECK(asset.size == sizeof(partita_asset));
    CHECK(view(asset.key) == "orders");
    CHECK(view(asset.description) == "all of them");
    CHECK(view(asset.group) == "sales");
    CHECK(view(asset.code_version) == "3");
    CHECK(view(asset.pool) == "warehouse");
    REQUIRE(asset.kind_count == 2);
    CHECK(view(asset.kinds[1]) == "sqlite");
    REQUIRE(asset.owner_count == 1);
    CHECK(view(asset.owners[0]) == "team:data");
    REQUIRE(asset.tag_count == 1);
    CHECK(view(asset.tags[0]->name) == "tier");
    CHECK(view(asset.tags[0]->value) == "gold");
    CHECK(asset.dimension_count == 0);
    CHECK(asset.dep_count == 0);
  });
}

TEST_CASE("how an asset is run arrives") {
  with_asset(
      [](Definitions& defs) {
        defs.asset("a")
            .retry(partita::retries(3).delay(2.5).exponential().plus_minus_jitter())
            .time_limit(60)
            .cpu_limit(30)
            .memory_limit(512 * partita::MiB)
            .priority(-1)
            .isolation(partita::Isolation::partition)
            .exclusive()
            .batch(10) = nothing;
      },
      [](const partita_asset& asset) {
        REQUIRE(asset.retry != nullptr);
        CHECK(asset.retry->size == sizeof(partita_retry_policy));
        CHECK(asset.retry->max_retries == 3);
        CHECK(asset.retry->delay_seconds == 2.5);
        CHECK(asset.retry->backoff == PARTITA_BACKOFF_EXPONENTIAL);
        CHECK(asset.retry->jitter == PARTITA_JITTER_PLUS_MINUS);
        CHECK(asset.time_limit_seconds == 60);
        CHECK(asset.cpu_limit_seconds == 30);
        CHECK(asset.memory_limit_bytes == 512U << 20U);
        CHECK(asset.priority == -1);
        CHECK(asset.isolation == PARTITA_ISOLATION_PARTITION);
        CHECK(asset.flags == PARTITA_ASSET_EXCLUSIVE);
        CHECK(asset.batch_size == 10);
      });
  with_asset([](Definitions& defs) { defs.asset("a").single_run() = nothing; },
             [](const partita_asset& asset) {
               CHECK(asset.retry == nullptr);
               CHECK(asset.batch_size == PARTITA_BATCH_ALL);
             });
}

TEST_CASE("an external asset has no function") {
  with_asset([](Definitions& defs) { defs.asset("a").external(); },
             [](const partita_asset& asset) {
               CHECK(asset.flags == PARTITA_ASSET_EXTERNAL);
               CHECK((asset.run == nullptr));
             });
}

TEST_CASE("every short form of time partitions sets its cadence, start and end") {
  std::vector<std::uint32_t> cadences;
  Host host{[&](const partita_asset& asset) {
    REQUIRE(asset.dimension_count == 1);
    const auto& dimension = *asset.dimensions[0];
    CHECK(dimension.kind == PARTITA_DIMENSION_TIME);
    CHECK(view(dimension.name) == "");
    CHECK(view(dimension.start) == "2024-01-01");
    CHECK(view(dimension.end) == "2025-01-01");
    cadences.push_back(dimension.cadence);
  }};
  register_with(host, [](Definitions& defs) {
    const std::string start = "2024-01-01", end = "2025-01-01";
    defs.asset("hourly").hourly(start, end) = nothing;
    defs.asset("daily").daily(start, end) = nothing;
    defs.asset("weekly").weekly(start, end) = nothing;
    defs.asset("monthly").monthly(start, end) = nothing;
    defs.asset("quarterly").quarterly(start, end) = nothing;
    defs.asset("yearly").yearly(start, end) = nothing;
    defs.asset("cron").cron("0 11 * * *", start, end) = nothing;
  });
  CHECK(cadences == std::vector<std::uint32_t>{PARTITA_HOURLY, PARTITA_DAILY, PARTITA_WEEKLY,
                                               PARTITA_MONTHLY, PARTITA_QUARTERLY, PARTITA_YEARLY,
                                               PARTITA_CRON});
}

TEST_CASE("the fluent options of time partitions arrive") {
  with_asset(
      [](Definitions& defs) {
        defs.asset("a").partitioned_by(partita::monthly("2024-01-01")
                                           .until("2026-01-01")
                                           .in("America/New_York")
                                           .at_minute(15)
                                           .at_hour(3)
                                           .day(12)
                                           .end_offset(1)
                                           .format("%Y-%m")
                                           .except({"2024-02", "2024-03"})) = nothing;
      },
      [](const partita_asset& asset) {
        const auto& dimension = *asset.dimensions[0];
        CHECK(view(dimension.end) == "2026-01-01");
        CHECK(view(dimension.timezone) == "America/New_York");
        CHECK(dimension.minute_offset == 15);
        CHECK(dimension.hour_offset == 3);
        CHECK(dimension.day_offset == 12);
        CHECK(dimension.end_offset == 1);
        CHECK(view(dimension.format) == "%Y-%m");
        REQUIRE(dimension.exclusion_count == 2);
        CHECK(view(dimension.exclusions[1]) == "2024-03");
      });
}

TEST_CASE("a product names its dimensions, of every kind") {
  with_asset(
      [](Definitions& defs) {
        defs.asset("a")
            .by("category", partita::keys({"Books", "Clothing"}))
            .by("request", partita::dynamic("requests"))
            .by("slot", partita::cron("0 11 * * *", "2024-01-01")) = nothing;
      },
      [](const partita_asset& asset) {
        REQUIRE(asset.dimension_count == 3);
        CHECK(view(asset.dimensions[0]->name) == "category");
        CHECK(asset.dimensions[0]->kind == PARTITA_DIMENSION_STATIC);
        REQUIRE(asset.dimensions[0]->key_count == 2);
        CHECK(view(asset.dimensions[0]->keys[1]) == "Clothing");
        CHECK(asset.dimensions[1]->kind == PARTITA_DIMENSION_DYNAMIC);
        CHECK(view(asset.dimensions[1]->dynamic_set) == "requests");
        CHECK(view(asset.dimensions[2]->cron) == "0 11 * * *");
      });
}

TEST_CASE("a dependency without a mapping leaves it to the host") {
  with_asset([](Definitions& defs) { defs.asset("a").from("b") = nothing; },
             [](const partita_asset& asset) {
               REQUIRE(asset.dep_count == 1);
               CHECK(view(asset.deps[0]->asset) == "b");
               CHECK(asset.deps[0]->mapping == nullptr);
             });
}

TEST_CASE("every mapping arrives with its members") {
  with_asset(
      [](Definitions& defs) {
        defs.asset("a")
            .from("b0", partita::identity())
            .from("b1", partita::all())
            .from("b2", partita::last())
            .from("b3", partita::keys({"x", "y"}))
            .from("b4", partita::time_window(-1, 2).allow_missing())
            .from("b5", partita::static_map({{"p1", "p"}, {"p2", "p"}}))
            .from("b6", partita::multi_to_single("date", partita::last()))
            .from("b7", partita::time_window_latest()) = nothing;
      },
      [](const partita_asset& asset) {
        REQUIRE(asset.dep_count == 8);
        const auto mapping = [&](int i) -> const partita_mapping& {
          return *asset.deps[i]->mapping;
        };
        CHECK(mapping(0).kind == PARTITA_MAP_IDENTITY);
        CHECK(mapping(1).kind == PARTITA_MAP_ALL);
        CHECK(mapping(2).kind == PARTITA_MAP_LAST);
        CHECK(mapping(3).kind == PARTITA_MAP_KEYS);
        REQUIRE(mapping(3).key_count == 2);
        CHECK(view(mapping(3).keys[1]) == "y");
        CHECK(mapping(4).kind == PARTITA_MAP_TIME_WINDOW);
        CHECK(mapping(4).start_offset == -1);
        CHECK(mapping(4).end_offset == 2);
        CHECK(mapping(4).allow_missing == 1);
        CHECK(mapping(5).kind == PARTITA_MAP_STATIC);
        REQUIRE(mapping(5).key_count == 2);
        CHECK(view(mapping(5).keys[1]) == "p2");
        CHECK(view(mapping(5).downstream_keys[1]) == "p");
        CHECK(mapping(6).kind == PARTITA_MAP_MULTI_TO_SINGLE);
        CHECK(view(mapping(6).dimension) == "date");
        REQUIRE(mapping(6).inner != nullptr);
        CHECK(mapping(6).inner->kind == PARTITA_MAP_LAST);
        CHECK(mapping(7).kind == PARTITA_MAP_TIME_WINDOW_LATEST);
      });
}

TEST_CASE("a multi mapping carries a mapping for each upstream dimension") {
  with_asset(
      [](Definitions& defs) {
        defs.asset("a").from("b", partita::multi({{"region", "area", partita::identity()},
                                                  {"date", "", partita::keys({"2024-01-01"})}})) =
            nothing;
      },
      [](const partita_asset& asset) {
        const auto& mapping = *asset.deps[0]->mapping;
        CHECK(mapping.kind == PARTITA_MAP_MULTI);
        REQUIRE(mapping.part_count == 2);
        CHECK(view(mapping.parts[0]->upstream_dimension) == "region");
        CHECK(view(mapping.parts[0]->downstream_dimension) == "area");
        CHECK(mapping.parts[0]->mapping->kind == PARTITA_MAP_IDENTITY);
        CHECK(view(mapping.parts[1]->downstream_dimension) == "");
        CHECK(mapping.parts[1]->mapping->kind == PARTITA_MAP_KEYS);
      });
}

TEST_CASE("a check arrives with its asset, severity and flags") {
  int seen = 0;
  Host host{[](const partita_asset&) {},
            [&](const partita_check& check) {
              ++seen;
              CHECK(view(check.name) == "no_gaps");
              CHECK(view(check.description) == "every day is there");
              CHECK(view(check.asset) == "orders");
              CHECK(check.severity == PARTITA_SEVERITY_WARNING);
              CHECK(check.flags == PARTITA_CHECK_BLOCKING);
            }};
  register_with(host, [](Definitions& defs) {
    defs.check("no_gaps")
        .on("orders")
        .description("every day is there")
        .severity(partita::warning)
        .blocking() = [](Run&) { return true; };
  });
  CHECK(seen == 1);
}

TEST_CASE("what a function holds lives until the host drops it") {
  bool alive = false;
  Host host{[&](const partita_asset&) { alive = !state.expired(); }};
  register_with(host, stateful);
  CHECK(alive);
  CHECK(state.expired());
}

TEST_CASE("what the host refuses is destroyed by the plugin") {
  Host host{[](const partita_asset&) {}};
  host.answer = PARTITA_INVALID;
  register_with(host, stateful);
  CHECK(state.expired());
}

TEST_CASE("a function that can only be moved is taken") {
  with_asset(
      [](Definitions& defs) {
        defs.asset("a") = [unique = std::unique_ptr<int>(new int(7))](Run&) {};
      },
      [](const partita_asset& asset) { CHECK(asset.user != nullptr); });
}
