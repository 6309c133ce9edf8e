#include "project.hpp"
#include "store/sqlite.hpp"

using namespace partita;
using partita::testing::Project;
using Keys = std::vector<std::string>;

namespace {

KeyMetadata with(std::string key, std::string_view name, Json value) {
  return {std::move(key), Json::object().set(name, std::move(value))};
}

using Entries = std::vector<KeyMetadata>;

}  // namespace

TEST_CASE("metadata is kept with the keys it was given for, and found after opening again") {
  Project project;
  const Entries given = {with("b", "rows", 3), with("a", "region", "eu \"x\"")};
  CHECK(*project->add_dynamic_keys("s", Keys{"b", "c", "a"}, given) == 3);
  project.reopen();
  CHECK(*project->dynamic_metadata("s") == Entries{given[1], given[0]});
  CHECK(project->dynamic_metadata("t")->empty());
}

TEST_CASE("metadata of a key that is added again takes the place of what it had") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"a", "b"},
                                    Entries{with("a", "x", 1), with("b", "x", 1)}));
  CHECK(*project->add_dynamic_keys("s", Keys{"a"}, Entries{with("a", "y", 2)}) == 0);
  REQUIRE(project->add_dynamic_keys("s", Keys{"b"}));
  CHECK(*project->dynamic_metadata("s") == Entries{with("a", "y", 2), with("b", "x", 1)});
  CHECK(**project->dynamic_keys("s") == Keys{"a", "b"});
}

TEST_CASE("a key that is removed and added again has lost its metadata") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"a"}, Entries{with("a", "x", 1)}));
  REQUIRE(project->remove_dynamic_keys("s", Keys{"a"}));
  REQUIRE(project->add_dynamic_keys("s", Keys{"a"}));
  CHECK(project->dynamic_metadata("s")->empty());
}

TEST_CASE("sets keep the metadata of equal keys apart") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"a"}, Entries{with("a", "x", 1)}));
  REQUIRE(project->add_dynamic_keys("t", Keys{"a"}, Entries{with("a", "x", 2)}));
  REQUIRE(project->remove_dynamic_keys("s", Keys{"a"}));
  CHECK(*project->dynamic_metadata("t") == Entries{with("a", "x", 2)});
}

TEST_CASE("a store from before there was metadata is migrated and keeps its keys") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"b", "a"}));
  project.close();
  {
    auto database = Database::open(project.file());
    REQUIRE(database);
    REQUIRE((*database)->execute("DROP TABLE dynamic_key_metadata; PRAGMA user_version=1"));
  }
  project.reopen();
  CHECK(**project->dynamic_keys("s") == Keys{"b", "a"});
  CHECK(project->dynamic_metadata("s")->empty());
  REQUIRE(project->add_dynamic_keys("s", Keys{"a"}, Entries{with("a", "x", 1)}));
  REQUIRE(project->rebuild());
  CHECK(*project->dynamic_metadata("s") == Entries{with("a", "x", 1)});
}

TEST_CASE("a damaged event of metadata is named when the projections are made anew") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"a"}, Entries{with("a", "x", 1)}));
  {
    auto database = Database::open(project.file());
    REQUIRE(database);
    REQUIRE((*database)->execute(
        "UPDATE event SET payload = substr(payload, 1, length(payload) - 3) WHERE kind = 10"));
  }
  const auto rebuilt = project->rebuild();
  REQUIRE_FALSE(rebuilt);
  CHECK(rebuilt.error().message.find("event 2 is damaged") != std::string::npos);
}
