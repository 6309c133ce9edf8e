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

TEST_CASE("a store that is damaged is told as such, and what is left to do") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.run({"materialize", "letters", "--all"});
  const std::string sound = project.read(".partita/partita.db");
  std::string spoilt = sound;
  spoilt.replace(20 * 4096, 4096, std::string(4096, 'x'));
  for (const std::string& file :
       {std::string("this was a database once, and now it is something else"), sound.substr(0, 50),
        sound.substr(0, sound.size() / 2), spoilt, std::string()}) {
    CAPTURE(file.size());
    project.write(".partita/partita.db", file);
    const CommandResult checked = project.run({"db", "check"});
    CAPTURE(checked.out);
    CAPTURE(checked.err);
    CHECK(checked.code == 1);
    CHECK(checked.out.find("bytes, damaged\n") != checked.out.npos);
    CHECK(checked.err.find("To go back to a backup, remove the store") != checked.err.npos);
    const Json view = Json::parse(project.run({"--json", "db", "check"}).out).value();
    CHECK(view["damaged"].as_bool());
    CHECK(view["problems"].as_array().size() == 1);
    if (file.empty()) continue;
    const CommandResult rebuilt = project.run({"db", "rebuild"});
    CHECK(rebuilt.code == 70);
    CHECK(rebuilt.err.find("hint: put a backup in its place") != rebuilt.err.npos);
    CHECK(rebuilt.err.find("partita db rebuild") == rebuilt.err.npos);
  }
}
