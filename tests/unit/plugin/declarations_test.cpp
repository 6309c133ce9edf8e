#include "plugin/declarations.hpp"

#include <doctest/doctest.h>

using namespace partita;

TEST_CASE("an asset key is made of parts, and a refusal says what is wrong with it") {
  for (const char* key : {"orders", "raw/orders", "a.b-c_d/9", "_x"}) {
    CAPTURE(key);
    CHECK(validate_asset_key(key));
  }
  struct Case {
    std::string key;
    const char* message;
  };
  const Case cases[] = {
      {"", "key ``: it is empty"},
      {"a..b", "key `a..b`: `..` is not allowed"},
      {"a//b", "key `a//b`: a part is empty"},
      {"a/", "key `a/`: a part is empty"},
      {"-a", "key `-a`: a part begins with a letter, a digit or `_`"},
      {"a/.b", "key `a/.b`: a part begins with a letter, a digit or `_`"},
      {"a@b",
       "key `a@b`: only letters, digits, `_`, `-` and `.` are allowed, and `/` between parts"},
  };
  for (const Case& item : cases) {
    const Status valid = validate_asset_key(item.key);
    REQUIRE_FALSE(valid);
    CHECK(valid.error().message == item.message);
  }
  CHECK(validate_asset_key(std::string(512, 'a')));
  CHECK_FALSE(validate_asset_key(std::string(513, 'a')));
}

TEST_CASE("a name is one part of a key") {
  CHECK(validate_name("not_empty"));
  CHECK(validate_name("a/b").error().message == "name `a/b`: `/` is not allowed");
}

TEST_CASE("declarations are the same after a trip through JSON") {
  AssetDef asset;
  asset.key = "shop/orders";
  asset.description = "what was \"ordered\"\n";
  asset.group = "sales";
  asset.code_version = "3";
  asset.pool = "database";
  asset.kinds = {"sqlite", "csv"};
  asset.owners = {"a@example.org"};
  asset.tags = {{"tier", "1"}, {"tier", "2"}, {"plain", ""}};
  asset.plugin = "shop";
  asset.policy.retry = {3, 0.5, RetryPolicy::Backoff::exponential, RetryPolicy::Jitter::full};
  asset.policy.time_limit = 1.5;
  asset.policy.cpu_limit = 10;
  asset.policy.memory_limit = 1LL << 40;
  asset.policy.priority = -2;
  asset.policy.isolation = RunPolicy::Isolation::partition;
  asset.policy.exclusive = asset.policy.external = true;
  asset.policy.batch = RunPolicy::kWholeRange;
  TimeDimension months;
  months.cadence = Cadence::monthly;
  months.start = "2024-01-01";
  asset.partitions.dimensions = {{"date", months}, {"region", StaticDimension{{"eu", "us"}}}};
  MappingSpec all;
  all.kind = MappingSpec::Kind::all;
  asset.deps = {{"prices", all, std::nullopt}, {"returns", all, MappingSpec{}}};

  CheckDef check{"not_empty", "shop/orders", "has rows", true, CheckDef::Severity::warning, "shop"};
  const PluginDeclarations declarations{"shop", {asset}, {check}, {{"asset `..`", "key"}}};

  const auto json = Json::parse(to_json(declarations).dump());
  REQUIRE(json);
  const auto read = declarations_from_json(*json);
  REQUIRE(read);
  CHECK((*read == declarations));
}
