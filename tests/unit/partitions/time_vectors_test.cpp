#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.hpp"
#include "partitions/set.hpp"
#include "partitions/time_space.hpp"
#include "vectors.hpp"

namespace partita {
namespace {

// What the vectors mark as free: one window more before the start where end_offset is positive and
// "now" is between two ticks. A window of ours exists once it has ended, plus end_offset.
bool is_optional(const Json& vector) {
  return vector["notes"].as_string().find("optional") != std::string::npos;
}

const TimeDimensionSpace& time_space(const PartitionSpace& space) {
  return *as_time(space.dimension(0));
}

void check_window(const Window& window, const Json& expected) {
  CHECK(format_instant(window.start) == format_instant(instant_of(expected["start"])));
  CHECK(format_instant(window.end) == format_instant(instant_of(expected["end"])));
}

void check_end(const PartitionSpace& space, Index index, const Json& key, const Json& window) {
  const bool exists = index >= 0 && index < space.size();
  if (key.is_string()) {
    REQUIRE(exists);
    CHECK(space.key_at(index) == key.as_string());
  }
  if (window.is_object()) {
    REQUIRE(exists);
    check_window(*space.window_at(index), window);
  }
}

void check_keys(const PartitionSpace& space, const Json& expected) {
  if (expected.contains("keys")) {
    CHECK(join(all_keys(space), " ") == join(texts_of(expected["keys"]), " "));
  }
  if (expected.contains("count")) CHECK(space.size() == expected["count"].as_int());
  check_end(space, 0, expected["first_key"], expected["first_window"]);
  check_end(space, space.size() - 1, expected["last_key"], expected["last_window"]);
  if (expected.contains("first_window") && expected["first_window"].is_null()) {
    CHECK(space.size() == 0);
  }
  for (const auto& [key, exists] : expected["has_key"].as_object()) {
    CAPTURE(key);
    CHECK(space.index_of(key).has_value() == exists.as_bool());
  }
}

void check_windows(const PartitionSpace& space, const Json& expected) {
  for (const char* member : {"windows", "window_for_unaligned_key"}) {
    for (const auto& [key, window] : expected[member].as_object()) {
      CAPTURE(key);
      const auto found = time_space(space).window_of_key(key);
      REQUIRE(found);
      check_window(*found, window);
    }
  }
}

void check_neighbours(const PartitionSpace& space, const Json& expected) {
  for (const auto& [key, next] : expected["next_key"].as_object()) {
    CAPTURE(key);
    const auto index = space.index_of(key);
    REQUIRE(index);
    const bool exists = *index + 1 < space.size();
    REQUIRE(exists == next.is_string());
    if (exists) CHECK(space.key_at(*index + 1) == next.as_string());
  }
  for (const Json& range : expected["keys_in_range"].as_array()) {
    const auto keys = keys_between(space, range["from"].as_string(), range["to"].as_string());
    REQUIRE(keys.has_value() == range.contains("keys"));
    if (keys) CHECK(*keys == texts_of(range["keys"]));
  }
}

PartitionSet set_of(const PartitionSpace& space, const Json& keys) {
  std::vector<Index> indices;
  for (const std::string& key : texts_of(keys)) indices.push_back(space.index_of(key).value());
  return PartitionSet::of_indices(space.shape(), indices);
}

std::vector<std::string> keys_of(const PartitionSpace& space, const PartitionSet& set) {
  std::vector<std::string> keys;
  set.for_each([&](Index index) {
    keys.push_back(space.key_at(index));
    return true;
  });
  return keys;
}

void check_merged(const PartitionSpace& space, const PartitionSet& set, const Json& expected) {
  std::vector<Window> merged;
  set.for_each_run([&](Run run) {
    merged.push_back({space.window_at(run.begin)->start, space.window_at(run.end - 1)->end});
    return true;
  });
  if (expected.contains("window_count")) {
    CHECK(static_cast<Index>(merged.size()) == expected["window_count"].as_int());
  }
  const auto& windows = expected["merged_windows"].as_array();
  REQUIRE((windows.empty() || windows.size() == merged.size()));
  for (std::size_t i = 0; i < windows.size(); ++i) check_window(merged[i], windows[i]);
  const auto& seconds = expected["serialized_windows_as_epoch_seconds"].as_array();
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    CHECK(static_cast<double>(merged[i].start) == seconds[i].as_array()[0].as_double());
    CHECK(static_cast<double>(merged[i].end) == seconds[i].as_array()[1].as_double());
  }
}

void check_subset(const PartitionSpace& space, const PartitionSet& set, const Json& expected,
                  const char* rest) {
  if (expected.contains("size")) CHECK(set.count() == expected["size"].as_int());
  check_merged(space, set, expected);
  if (expected.contains(rest)) {
    CHECK(keys_of(space, set.complement()) == texts_of(expected[rest]));
  }
  for (const auto& [key, contained] : expected["contains"].as_object()) {
    CHECK(set.contains(space.index_of(key).value()) == contained.as_bool());
  }
}

void check_subsets(const PartitionSpace& space, const Json& expected) {
  if (expected.contains("subset")) {
    const Json& subset = expected["subset"];
    check_subset(space, set_of(space, subset["keys"]), subset, "keys_not_in_subset");
  }
  if (expected.contains("subset_union")) {
    const Json& subset = expected["subset_union"];
    const PartitionSet both =
        set_of(space, subset["initial_keys"]).united(set_of(space, subset["added_keys"]));
    CHECK(keys_of(space, both) == texts_of(subset["result_keys"]));
    check_subset(space, both, subset, "keys_not_in_result");
  }
}

// A schedule over the partitions asks for the last that exists at the tick.
void check_schedule(const PartitionSpace& space, const Json& vector, const Json& expected) {
  if (!expected.contains("schedule")) return;
  const Json& schedule = expected["schedule"];
  const auto requested = texts_of(schedule["requested_keys"]);
  REQUIRE(requested.empty() == (space.size() == 0));
  if (!requested.empty()) CHECK(space.key_at(space.size() - 1) == requested[0]);
  auto time = std::get<TimeDimension>(definition_of(vector["definition"])->dimensions[0].kind);
  const Json& given = schedule["given"];
  const auto override_with = [&](const char* name, int& value) {
    if (given.contains(name)) value = static_cast<int>(given[name].as_int());
  };
  override_with("minute_of_hour", time.minute_offset);
  override_with("hour_of_day", time.hour_offset);
  override_with("day_of_week", time.day_offset);
  override_with("day_of_month", time.day_offset);
  CHECK(*cron_of(time) == schedule["cron"].as_string());
}

void check_ticks(const Json& vector) {
  PartitionsDefinition definition{{Dimension{"", TimeDimension{}}}};
  auto& time = std::get<TimeDimension>(definition.dimensions[0].kind);
  time.cadence = Cadence::cron;
  time.cron = vector["definition"]["cron_schedule"].as_string();
  time.timezone = vector["definition"]["timezone"].as_string();
  time.start = "1970-01-01";
  const auto space = make_space(definition, {});
  REQUIRE(space);
  const Json& ticks = vector["expected"]["ticks"];
  const Index first =
      time_space(**space).first_starting_at_or_after(instant_of(ticks["from_inclusive"]));
  const auto& values = ticks["values"].as_array();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Window window = time_space(**space).any_window_at(first + static_cast<Index>(i));
    CHECK(format_instant(window.start) == format_instant(instant_of(values[i])));
  }
}

void check_vector(const Json& vector) {
  const Json& expected = vector["expected"];
  if (expected.contains("ticks")) return check_ticks(vector);
  const auto space = space_of(vector);
  REQUIRE(space.has_value() == !expected.contains("error"));
  if (!space) return;
  check_keys(**space, expected);
  check_windows(**space, expected);
  check_neighbours(**space, expected);
  check_subsets(**space, expected);
  check_schedule(**space, vector, expected);
}

constexpr std::string_view kKnown[] = {
    "keys",          "windows",      "next_key", "last_key",     "window_for_unaligned_key",
    "keys_in_range", "first_window", "has_key",  "count",        "first_key",
    "last_window",   "error",        "subset",   "subset_union", "ticks",
    "schedule"};

TEST_CASE("time windows are what the conformance vectors say") {
  const auto vectors = read_vectors("time_partitions.json");
  if (!vectors) return;
  std::size_t checked = 0;
  std::vector<std::string> left_out;
  for (const Json& vector : *vectors) {
    const std::string& id = vector["id"].as_string();
    CAPTURE(id);
    if (is_optional(vector)) {
      left_out.push_back(id + ": optional");
      continue;
    }
    for (const auto& [member, value] : vector["expected"].as_object()) {
      const bool known =
          std::find(std::begin(kKnown), std::end(kKnown), member) != std::end(kKnown);
      if (!known) left_out.push_back(id + ": `" + member + "` is not known here");
    }
    check_vector(vector);
    ++checked;
  }
  report("time_partitions.json", checked, left_out);
}

}  // namespace
}  // namespace partita
