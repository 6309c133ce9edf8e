// The store's upkeep as a user does it.
#include <doctest/doctest.h>

#include <filesystem>

#include "support/sandbox.hpp"

using namespace partita;
using namespace partita::tests;

TEST_CASE("a backup put in the store's place brings back what was known then") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.run({"dynamic", "add", "things", "a", "b"});
  CHECK(project.run({"materialize", "ad_hoc@a"}).code == 0);
  CHECK(project.run({"db", "backup", "then.db"}).code == 0);
  CHECK(project.run({"materialize", "ad_hoc@b"}).code == 0);
  const std::filesystem::path state = project.directory() / ".partita";
  std::filesystem::remove(state / "partita.db-wal");
  std::filesystem::remove(state / "partita.db-shm");
  std::filesystem::copy_file(project.directory() / "then.db", state / "partita.db",
                             std::filesystem::copy_options::overwrite_existing);
  CHECK(project.json({"partitions", "ad_hoc", "--status", "missing"})["count"].as_int() == 1);
  CHECK(project.run({"db", "check"}).code == 0);
}

TEST_CASE("a store is checked, rebuilt and compacted, and stays the same") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.run({"dynamic", "add", "things", "a", "b"});
  project.run({"materialize", "ad_hoc", "--missing"});
  const std::string before = project.run({"--json", "partitions", "ad_hoc"}).out;
  for (const char* verb : {"check", "rebuild", "check", "compact", "check"}) {
    const Json view = project.json({"db", verb});
    CHECK(view["problems"].as_array().empty());
    CHECK(view["events"].as_int() > 0);
  }
  CHECK(project.run({"--json", "partitions", "ad_hoc"}).out == before);
  CHECK_FALSE(project.exists(".partita/check"));
}

TEST_CASE("what cannot be done to a store is refused with what to do") {
  Sandbox project;
  CHECK(project.run({"db", "check"}).code == 2);  // there is none yet
  project.add_plugin("behaviours");
  project.run({"reload"});
  CHECK(project.run({"db"}).code == 2);
  CHECK(project.run({"db", "backup"}).code == 2);
  CHECK(project.run({"db", "check", "file"}).code == 2);
  const CommandResult wrong = project.run({"db", "chek"});
  CHECK(wrong.code == 2);
  CHECK(wrong.err.find("did you mean `check`") != wrong.err.npos);
  project.write("there.db", "precious");
  CHECK(project.run({"db", "backup", "there.db"}).code == 2);
  CHECK(project.read("there.db") == "precious");
}

TEST_CASE("a store that is damaged is told as such") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.run({"reload"});
  project.write(".partita/partita.db", "this was a database once, and now it is something else");
  const CommandResult checked = project.run({"db", "check"});
  CHECK(checked.code == 70);
  CHECK(checked.err.find("partita.db") != checked.err.npos);
}
