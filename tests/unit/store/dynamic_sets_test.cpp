#include "project.hpp"

using namespace partita;
using partita::testing::Project;
using Keys = std::vector<std::string>;

namespace {

Keys keys_of(Project& project, std::string_view set) {
  return **project->dynamic_keys(set);
}

}  // namespace

TEST_CASE("a set nobody has added to is empty") {
  Project project;
  CHECK(keys_of(project, "s").empty());
  CHECK(project->dynamic_sets()->empty());
}

TEST_CASE("keys keep the order in which they were added") {
  Project project;
  CHECK(*project->add_dynamic_keys("s", Keys{"c", "a", "b"}) == 3);
  CHECK(*project->add_dynamic_keys("s", Keys{"z", "0"}) == 2);
  CHECK(keys_of(project, "s") == Keys{"c", "a", "b", "z", "0"});
  project.reopen();
  CHECK(keys_of(project, "s") == Keys{"c", "a", "b", "z", "0"});
}

TEST_CASE("keys that are there stay where they are, and repeated ones count once") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"a", "b"}));
  CHECK(*project->add_dynamic_keys("s", Keys{"c", "b", "c", "a", "d"}) == 2);
  CHECK(keys_of(project, "s") == Keys{"a", "b", "c", "d"});
  CHECK(*project->add_dynamic_keys("s", Keys{"a"}) == 0);
}

TEST_CASE("a key that is removed and added again is the last") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"a", "b", "c"}));
  CHECK(*project->remove_dynamic_keys("s", Keys{"a", "a"}) == 1);
  CHECK(keys_of(project, "s") == Keys{"b", "c"});
  REQUIRE(project->add_dynamic_keys("s", Keys{"a"}));
  CHECK(keys_of(project, "s") == Keys{"b", "c", "a"});
}

TEST_CASE("removing a key that is not there names it and removes nothing") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"a", "b"}));
  const auto refused = project->remove_dynamic_keys("s", Keys{"a", "x"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::not_found);
  CHECK(refused.error().message.find("`x`") != std::string::npos);
  CHECK(keys_of(project, "s") == Keys{"a", "b"});
}

TEST_CASE("sets are listed by name with their sizes") {
  Project project;
  REQUIRE(project->add_dynamic_keys("t", Keys{"a"}));
  REQUIRE(project->add_dynamic_keys("s", Keys{"a", "b"}));
  REQUIRE(project->remove_dynamic_keys("t", Keys{"a"}));
  const auto sets = *project->dynamic_sets();
  REQUIRE(sets.size() == 2);
  CHECK(sets[0] == std::pair<std::string, std::int64_t>("s", 2));
  CHECK(sets[1] == std::pair<std::string, std::int64_t>("t", 0));
}

TEST_CASE("what another process adds is seen") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"a"}));
  CHECK(keys_of(project, "s").size() == 1);
  auto other = Store::open(project.file(), project.clock());
  REQUIRE(other);
  REQUIRE((*other)->add_dynamic_keys("s", Keys{"b"}));
  CHECK(keys_of(project, "s") == Keys{"a", "b"});
}

TEST_CASE("keys that are handed out do not change under their reader") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"a"}));
  const DynamicKeys before = *project->dynamic_keys("s");
  REQUIRE(project->add_dynamic_keys("s", Keys{"b"}));
  CHECK(*before == Keys{"a"});
}

TEST_CASE("the keys of an earlier moment are those of then, in the order of then") {
  Project project;
  REQUIRE(project->add_dynamic_keys("s", Keys{"c", "a", "b"}));
  REQUIRE(project->add_dynamic_keys("t", Keys{"a"}));
  const std::int64_t then = project->last_seq();
  const auto at = [&](std::int64_t seq) { return **project->dynamic_keys_at("s", seq); };
  CHECK_FALSE(*project->has_lost_keys_after("s", then));
  REQUIRE(project->add_dynamic_keys("s", Keys{"n"}));
  CHECK_FALSE(*project->has_lost_keys_after("s", then));
  CHECK(at(then) == Keys{"c", "a", "b"});

  REQUIRE(project->remove_dynamic_keys("s", Keys{"a"}));
  const std::int64_t without = project->last_seq();
  REQUIRE(project->add_dynamic_keys("s", Keys{"a"}));
  REQUIRE(project->rename_dynamic_key({"s", "b", "z"}, {}));
  CHECK(at(then) == Keys{"c", "a", "b"});
  CHECK(at(without) == Keys{"c", "b", "n"});
  CHECK(at(project->last_seq()) == Keys{"c", "z", "n", "a"});
  CHECK(at(0).empty());
  CHECK(*project->has_lost_keys_after("s", then));
  CHECK(*project->has_lost_keys_after("s", without));
  CHECK_FALSE(*project->has_lost_keys_after("s", project->last_seq()));
  CHECK_FALSE(*project->has_lost_keys_after("t", then));
  CHECK_FALSE(*project->has_lost_keys_after("none", 0));
}
