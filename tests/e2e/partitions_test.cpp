// `partita partitions` as a user pages through it.
#include <doctest/doctest.h>

#include "support/sandbox.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

std::vector<std::string> keys_of(const Json& page) {
  std::vector<std::string> keys;
  for (const Json& row : page["partitions"].as_array()) keys.push_back(row["key"].as_string());
  return keys;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("a page shows keys, windows and statuses, and the command for the next") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.run({"materialize", "by_month@2024-01-01"});
  const CommandResult first =
      project.run({"partitions", "by_month", "--limit", "2", "--as-of", "2024-06-15"});
  CHECK(first.out ==
        "PARTITION   WINDOW, UTC               STATUS\n"
        "2024-01-01  2024-01-01 .. 2024-02-01  materialized\n"
        "2024-02-01  2024-02-01 .. 2024-03-01  missing\n");
  CHECK(first.err ==
        "2 of 5 partitions; to go on:\n"
        "  partita partitions by_month --limit 2 --as-of 2024-06-15 --cursor 2024-02-01\n");
}

TEST_CASE("pages follow each other to the last, whose cursor is null") {
  Sandbox project;
  project.add_plugin("behaviours");
  Keys keys;
  Json page = project.json({"partitions", "by_room", "--limit", "3"});
  CHECK(page["count"].as_int() == 0);
  CHECK(project.run({"partitions", "by_room"}).err == "`by_room` has no partitions yet\n");
  project.run({"dynamic", "add", "rooms", "Living Room", "hall", "attic"});
  std::vector<std::string> words = {"partitions", "by_room", "--limit", "4"};
  page = project.json(words);
  keys = keys_of(page);
  CHECK(keys == Keys{"a|Living Room", "a|hall", "a|attic", "b|Living Room"});
  words.insert(words.end(), {"--cursor", page["cursor"].as_string()});
  page = project.json(words);
  CHECK(keys_of(page) == Keys{"b|hall", "b|attic"});
  CHECK(page["cursor"].is_null());
  CHECK(page["count"].as_int() == 6);
}

TEST_CASE("a failed partition is found by its status and by a selection, with its reason") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.run({"materialize", "misbehaves@fail"});
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--status", "failed"}, {"failed"}, {"(failed or {abort})"}}) {
    std::vector<std::string> words = {"partitions", "misbehaves"};
    words.insert(words.end(), more.begin(), more.end());
    const Json row = project.json(words)["partitions"].as_array().back();
    CHECK(row["key"].as_string() == "fail");
    CHECK(row["status"].as_string() == "failed");
    CHECK(row["reason"].as_string() == "no coffee");
    CHECK(row["start"].is_null());
  }
  CHECK(project.run({"partitions", "misbehaves", "materialized", "--status", "failed"}).err ==
        "no partitions match\n");
}

TEST_CASE("a cursor that is no partition is refused by name") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.run({"reload"});
  const CommandResult refused = project.run({"partitions", "by_month", "--cursor", "2023-01-01"});
  CHECK(refused.code == 2);
  CHECK(refused.err ==
        "error: read --cursor: find no partition `2023-01-01`: the first is `2024-01-01`\n");
}
