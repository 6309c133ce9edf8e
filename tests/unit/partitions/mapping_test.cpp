#include "partitions/mapping.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>

namespace partita {
namespace {

using Kind = MappingSpec::Kind;

constexpr Instant kJune = 1'717'200'000;  // 2024-06-01

TimeDimension time_of(Cadence cadence, std::string start, std::string zone = {}) {
  TimeDimension time;
  time.cadence = cadence;
  time.start = std::move(start);
  time.timezone = std::move(zone);
  return time;
}

TimeDimension daily(std::string start = "2024-01-01", std::string zone = {}) {
  return time_of(Cadence::daily, std::move(start), std::move(zone));
}
TimeDimension hourly(std::string start = "2024-01-01", std::string zone = {}) {
  return time_of(Cadence::hourly, std::move(start), std::move(zone));
}
TimeDimension monthly() {
  return time_of(Cadence::monthly, "2024-01-01");
}
StaticDimension listed(std::vector<std::string> keys) {
  return {std::move(keys)};
}

PartitionsDefinition definition_of(std::vector<Dimension> dimensions) {
  auto definition = validated({std::move(dimensions)});
  REQUIRE(definition);
  return *definition;
}

template <class Kind>
PartitionsDefinition only(Kind kind) {
  return definition_of({{"", std::move(kind)}});
}

MappingSpec of_kind(Kind kind) {
  MappingSpec spec;
  spec.kind = kind;
  return spec;
}

MappingSpec window(Index start_offset, Index end_offset, bool allow_missing = false) {
  MappingSpec spec = of_kind(Kind::time_window);
  spec.start_offset = start_offset;
  spec.end_offset = end_offset;
  spec.allow_missing = allow_missing;
  return spec;
}

MappingSpec keys_of(std::vector<std::string> keys) {
  MappingSpec spec = of_kind(Kind::keys);
  spec.keys = std::move(keys);
  return spec;
}

MappingSpec to_single(std::string dimension, std::shared_ptr<const MappingSpec> inner = nullptr) {
  MappingSpec spec = of_kind(Kind::multi_to_single);
  spec.dimension = std::move(dimension);
  spec.inner = std::move(inner);
  return spec;
}

MappingSpec multi(std::vector<std::tuple<std::string, std::string, MappingSpec>> parts) {
  MappingSpec spec = of_kind(Kind::multi);
  for (auto& [upstream, downstream, inner] : parts) {
    spec.parts.push_back({upstream, downstream, std::make_shared<MappingSpec>(std::move(inner))});
  }
  return spec;
}

// A fact: what one set of downstream partitions needs, in the selection grammar.
MappingSpec pairs_of(std::vector<std::pair<std::string, std::string>> pairs,
                     bool allow_missing = false) {
  MappingSpec spec;
  spec.kind = MappingSpec::Kind::static_keys;
  spec.pairs = std::move(pairs);
  spec.allow_missing = allow_missing;
  return spec;
}

struct Fact {
  std::string_view name;
  MappingSpec spec;
  PartitionsDefinition upstream;
  PartitionsDefinition downstream;
  Instant now;
  std::string_view asked;
  std::string_view needed;
  std::string_view nonexistent;
  std::string_view blocked;
};

SpacePtr space_of(const PartitionsDefinition& definition, Instant now) {
  const auto keys = [](std::string_view) -> Result<DynamicKeys> {
    return DynamicKeys(
        std::make_shared<std::vector<std::string>>(std::vector<std::string>{"a", "b", "c"}));
  };
  auto space = make_space(definition, {now, keys});
  REQUIRE(space);
  return *space;
}

std::string joined(const std::vector<std::string>& keys) {
  return fmt::format("{}", fmt::join(keys, ","));
}

void check(const Fact& fact) {
  CAPTURE(fact.name);
  const SpacePtr upstream = space_of(fact.upstream, fact.now);
  const SpacePtr downstream = space_of(fact.downstream, fact.now);
  const auto mapping = bind_mapping(fact.spec, upstream, downstream);
  REQUIRE_MESSAGE(mapping, (mapping ? "" : mapping.error().message));
  const auto index = downstream->find(fact.asked);
  REQUIRE(index);
  const auto set = PartitionSet::of_index(downstream->shape(), *index);
  const UpstreamPartitions result = (*mapping)->upstream_of(set);
  CHECK(to_text(result.existing, *upstream) == fact.needed);
  CHECK(joined(result.nonexistent) == fact.nonexistent);
  CHECK(to_text(result.blocked_downstream, *downstream) == fact.blocked);
  const PartitionSet back = (*mapping)->downstream_of(result.existing);
  CHECK((result.existing.empty() || back.includes(set)));
}

PartitionsDefinition regions_by_day() {
  return definition_of({{"date", daily()}, {"region", listed({"us", "eu"})}});
}

}  // namespace

TEST_CASE("mappings give the partitions that were worked out by hand") {
  const Instant noon = 1'704'110'400;  // 2024-01-01T12:00
  const TimeDimension berlin = daily("2024-01-01", "Europe/Berlin");
  const TimeDimension los_angeles = daily("2024-03-01", "America/Los_Angeles");
  const Fact facts[] = {
      {"a day needs its hours",
       {},
       only(hourly()),
       only(daily()),
       kJune,
       "2024-02-01",
       "2024-02-01-00:00..2024-02-01-23:00",
       "",
       "{}"},
      {"an hour needs its day, which has not ended",
       {},
       only(daily()),
       only(hourly()),
       noon,
       "2024-01-01-05:00",
       "{}",
       "2024-01-01",
       "2024-01-01-05:00"},
      {"a day of 23 hours",
       {},
       only(hourly("2024-03-01", "America/Los_Angeles")),
       only(los_angeles),
       kJune,
       "2024-03-10",
       "2024-03-10-00:00..2024-03-10-23:00",
       "",
       "{}"},
      {"a day in Berlin needs the two days in UTC it touches",
       {},
       only(daily()),
       only(berlin),
       kJune,
       "2024-02-02",
       "{2024-02-01,2024-02-02}",
       "",
       "{}"},
      {"a lag of one leaves the first without upstream", window(-1, -1), only(daily()),
       only(daily()), kJune, "2024-01-01", "{}", "", "{}"},
      {"a window of three days", window(-2, 0), only(daily()), only(daily()), kJune, "2024-02-03",
       "2024-02-01..2024-02-03", "", "{}"},
      {"offsets count months, not days", window(-1, -1), only(daily()), only(monthly()), kJune,
       "2024-03-01", "2024-02-01..2024-02-29", "", "{}"},
      {"before the upstream starts",
       {},
       only(daily("2024-02-01")),
       only(daily()),
       kJune,
       "2024-01-15",
       "{}",
       "2024-01-15",
       "2024-01-15"},
      {"before the upstream starts, allowed", window(0, 0, true), only(daily("2024-02-01")),
       only(daily()), kJune, "2024-01-15", "{}", "", "{}"},
      {"the last that exists", of_kind(Kind::last), only(daily()), only(daily()), kJune,
       "2024-01-01", "2024-05-31", "", "{}"},
      {"named keys, one of which is to come", keys_of({"2024-01-01", "2024-06-15"}), only(daily()),
       only(listed({"x"})), kJune, "x", "2024-01-01", "2024-06-15", "x"},
      {"one region of a product",
       {},
       only(listed({"us", "eu"})),
       regions_by_day(),
       kJune,
       "2024-02-01|eu",
       "eu",
       "",
       "{}"},
      {"all regions of a day",
       {},
       regions_by_day(),
       only(daily()),
       kJune,
       "2024-02-01",
       "date=2024-02-01",
       "",
       "{}"},
      {"a product of a later start",
       {},
       definition_of({{"date", daily("2024-02-01")}, {"region", listed({"us", "eu"})}}),
       regions_by_day(),
       kJune,
       "2024-01-15|eu",
       "{}",
       "2024-01-15|eu",
       "2024-01-15|eu"},
      {"a product with a static dimension of its own",
       {},
       definition_of({{"date", daily()}, {"kind", listed({"p", "q"})}}),
       regions_by_day(),
       kJune,
       "2024-02-01|eu",
       "date=2024-02-01",
       "",
       "{}"},
      {"a dynamic set by its keys",
       {},
       only(DynamicDimension{"s"}),
       only(DynamicDimension{"s"}),
       kJune,
       "b",
       "b",
       "",
       "{}"},
      {"pairs with keys of a dynamic set that it has",
       pairs_of({{"b", "p"}, {"later", "q"}, {"c", "q"}}), only(DynamicDimension{"s"}),
       only(StaticDimension{{"p", "q"}}), kJune, "p", "b", "", "{}"},
      {"and with one that it does not have", pairs_of({{"b", "p"}, {"later", "q"}, {"c", "q"}}),
       only(DynamicDimension{"s"}), only(StaticDimension{{"p", "q"}}), kJune, "q", "c", "later",
       "q"},
      {"which may be missing", pairs_of({{"b", "p"}, {"later", "q"}, {"c", "q"}}, true),
       only(DynamicDimension{"s"}), only(StaticDimension{{"p", "q"}}), kJune, "q", "c", "", "{}"},
      {"everything for one that is not partitioned",
       {},
       regions_by_day(),
       {},
       kJune,
       "",
       "all",
       "",
       "{}"},
  };
  for (const Fact& fact : facts) check(fact);
}

TEST_CASE("the default mapping is inferred from the two definitions") {
  const auto fruits = only(listed({"a", "b"}));
  const auto more = only(listed({"b", "c"}));
  const auto product = definition_of({{"f", listed({"a", "b"})}, {"n", listed({"1", "2"})}});
  const auto twins = definition_of({{"f", listed({"a", "b"})}, {"g", listed({"a", "b"})}});
  const auto days = only(daily());
  struct Inference {
    PartitionsDefinition upstream, downstream;
    std::string_view text;
  };
  const Inference table[] = {
      {{}, {}, "all"},
      {fruits, {}, "all"},
      {{}, fruits, "all"},
      {fruits, fruits, "identity"},
      {fruits, more, "identity"},
      {days, days, "time_window(0,0)"},
      {only(hourly()), days, "time_window(0,0)"},
      {fruits, days, "identity"},
      {fruits, product, "multi_to_single(f, identity)"},
      {product, fruits, "multi_to_single(f, identity)"},
      {fruits, twins, "identity"},
      {more, product, "identity"},
      {days, regions_by_day(), "multi_to_single(date, identity)"},
      {only(hourly()), regions_by_day(), "multi_to_single(date, time_window(0,0))"},
      {product, product, "identity"},
      {product, twins, "multi(f -> f: identity)"},
      {regions_by_day(),
       definition_of(
           {{"date", time_of(Cadence::weekly, "2024-01-01")}, {"region", listed({"us"})}}),
       "multi(date -> date: time_window(0,0), region -> region: identity)"},
  };
  for (const Inference& each : table) {
    const auto resolved = resolve_mapping({}, each.upstream, each.downstream);
    REQUIRE(resolved);
    CHECK(resolved->describe() == each.text);
  }
}

TEST_CASE("a mapping that cannot hold is refused by what is wrong in it") {
  const auto fruits = only(listed({"apple", "fig"}));
  const auto days = only(daily());
  MappingSpec pairs = of_kind(Kind::static_keys);
  pairs.pairs = {{"apple", "figg"}};
  struct Refusal {
    MappingSpec spec;
    PartitionsDefinition upstream, downstream;
    std::string_view message;
  };
  const Refusal table[] = {
      {{}, fruits, days, "refuse mapping identity: upstream is static, downstream daily"},
      {of_kind(Kind::identity), fruits, regions_by_day(),
       "refuse mapping identity: upstream and downstream have 1 dimension and 2 dimensions"},
      {window(0, 0), fruits, days,
       "refuse mapping time_window(0,0): it wants time on both sides, not static"},
      {window(1, 0), days, days,
       "refuse mapping time_window(1,0): the start offset is after the end offset, which leaves "
       "nothing"},
      {keys_of({"apply"}), fruits, days, "refuse mapping keys(apply): `apply` is no upstream key"},
      {keys_of({}), fruits, days, "refuse mapping keys(): no key is named"},
      {keys_of({"a"}), {}, days, "refuse mapping keys(a): the upstream is not partitioned"},
      {pairs, fruits, fruits, "refuse mapping static(1 pair): `figg` is no downstream key"},
      {pairs, fruits, days,
       "refuse mapping static(1 pair): it wants listed keys, not windows of time"},
      {to_single("dat"), days, regions_by_day(),
       "refuse mapping multi_to_single(dat, inferred): the downstream has no dimension `dat`"},
      {to_single("date"), days, days,
       "refuse mapping multi_to_single(date, inferred): it wants one dimension on one side and "
       "several on the other"},
      {to_single(""), fruits, regions_by_day(),
       "infer no dimension of a multi_to_single mapping: several or none fit"},
      {multi({{"dat", "date", {}}}), regions_by_day(), regions_by_day(),
       "refuse mapping multi(dat -> date: inferred): the upstream has no dimension `dat`"},
      {multi({{"date", "dat", window(0, 0)}}), regions_by_day(), regions_by_day(),
       "refuse mapping multi(date -> dat: time_window(0,0)): the downstream has no dimension "
       "`dat`"},
      {multi({{"date", "date", {}}, {"region", "date", of_kind(Kind::all)}}), regions_by_day(),
       regions_by_day(),
       "refuse mapping multi(date -> date: time_window(0,0), region -> date: all): a dimension is "
       "in two parts"},
      {multi({{"date", "region", {}}}), regions_by_day(), regions_by_day(),
       "refuse mapping identity: upstream is daily, downstream static"},
  };
  for (const Refusal& each : table) {
    const auto status = validate_mapping(each.spec, each.upstream, each.downstream);
    REQUIRE_FALSE(status);
    CHECK(status.error().message == each.message);
    CHECK_FALSE(
        bind_mapping(each.spec, space_of(each.upstream, kJune), space_of(each.downstream, kJune)));
  }
}

TEST_CASE("an asset depends on itself only where a dimension of time goes back") {
  const auto days = only(daily());
  const auto product = regions_by_day();
  const std::tuple<MappingSpec, PartitionsDefinition, bool> table[] = {
      {{}, {}, false},
      {{}, days, false},
      {window(-1, -1), days, true},
      {window(-3, -1), days, true},
      {window(-1, 0), days, false},
      {of_kind(Kind::last), days, false},
      {{}, product, false},
      {multi({}), product, false},
      {multi({{"date", "date", window(-1, -1)}, {"region", "region", {}}}), product, true},
      {multi({{"date", "date", window(-1, -1)}}), product, true},
      {multi({{"date", "date", window(-1, 0)}, {"region", "region", {}}}), product, false},
      {multi({{"region", "region", {}}}), product, false},
      {{}, only(listed({"a"})), false},
  };
  for (const auto& [spec, definition, valid] : table) {
    CAPTURE(spec.describe());
    CHECK(validate_self_dependency(spec, definition).has_value() == valid);
  }
}

TEST_CASE("a mapping reads back from how it is written") {
  MappingSpec pairs = of_kind(Kind::static_keys);
  pairs.pairs = {{"a", "b"}, {"a", "c"}};
  const MappingSpec specs[] = {
      {},
      of_kind(Kind::identity),
      of_kind(Kind::all),
      of_kind(Kind::last),
      of_kind(Kind::time_window_latest),
      keys_of({"a", "b|c"}),
      window(-7, 3, true),
      pairs,
      to_single("", nullptr),
      to_single("date", std::make_shared<MappingSpec>(window(-1, 0))),
      multi({{"a", "b", window(0, 1)}, {"c", "", of_kind(Kind::last)}}),
  };
  for (const MappingSpec& spec : specs) {
    CAPTURE(spec.describe());
    const auto json = Json::parse(to_json(spec).dump());
    REQUIRE(json);
    const auto back = mapping_from_json(*json);
    REQUIRE(back);
    CHECK(*back == spec);
    for (const MappingSpec& other : specs) CHECK((*back == other) == (&other == &spec));
  }
  CHECK_FALSE(mapping_from_json(Json::object().set("kind", "sideways")));
}

TEST_CASE("offsets beyond all calendars map to nothing") {
  const SpacePtr days = space_of(only(daily()), kJune);
  const SpacePtr hours = space_of(only(hourly()), kJune);
  const Index far = Index{1} << 32;
  for (const auto& [upstream, downstream] : {std::pair(days, days), std::pair(hours, days)}) {
    for (const Index by : {-far, far}) {
      const auto mapping = bind_mapping(window(by, by), upstream, downstream);
      REQUIRE(mapping);
      CHECK((*mapping)->upstream_of(PartitionSet::all(downstream->shape())).existing.empty());
      CHECK((*mapping)->downstream_of(PartitionSet::all(upstream->shape())).empty());
    }
  }
}

TEST_CASE("missing keys are named up to a limit, and all that need them are blocked") {
  const SpacePtr upstream = space_of(only(hourly("2024-05-01")), kJune);
  const SpacePtr downstream = space_of(only(hourly()), kJune);
  const auto mapping = bind_mapping({}, upstream, downstream);
  REQUIRE(mapping);
  const auto result = (*mapping)->upstream_of(PartitionSet::all(downstream->shape()));
  CHECK(result.nonexistent.size() == kMissingKeysShown);
  CHECK(result.nonexistent.front() == "2024-01-01-00:00");
  CHECK(result.blocked_downstream.count() == downstream->size() - upstream->size());
  CHECK(result.existing == PartitionSet::all(upstream->shape()));
}

TEST_CASE("a range of ten million hourly partitions by category stays a handful of boxes") {
  const auto definition = [](std::string start) {
    std::vector<std::string> categories;
    for (int i = 0; i < 20; ++i) categories.push_back(fmt::format("c{}", i));
    return definition_of({{"category", listed(categories)}, {"hour", hourly(std::move(start))}});
  };
  const Instant later = 3'600LL * 1'000'000;  // 2084
  const SpacePtr upstream = space_of(definition("1990-01-01"), later);
  const SpacePtr downstream = space_of(definition("1991-06-01"), later);
  REQUIRE(downstream->size() > 10'000'000);
  const auto mapping = bind_mapping({}, upstream, downstream);
  REQUIRE(mapping);
  const auto set = PartitionSet::of_runs(downstream->shape(), {{1'234, downstream->size() - 567}});
  const auto above = (*mapping)->upstream_of(set);
  CHECK(above.existing.count() == set.count());
  CHECK(above.existing.box_count() <= 3);
  CHECK((*mapping)->downstream_of(above.existing) == set);
}

}  // namespace partita
