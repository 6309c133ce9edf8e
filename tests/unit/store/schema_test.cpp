#include "store/schema.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "project.hpp"

using namespace partita;
using partita::testing::Project;

namespace {

Error error_of_opening(const Project& project) {
  auto opened = Store::open(project.file(), project.clock());
  REQUIRE_FALSE(opened);
  return opened.error();
}

void remove_store(Project& project) {
  project.close();
  REQUIRE(remove_tree(project.file()));
}

void execute(const Path& file, const char* sql) {
  auto database = Database::open(file);
  REQUIRE(database);
  REQUIRE((*database)->execute(sql));
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("a new store is made with its directory") {
  Project project;
  const Path file = project.directory() / "a" / "b" / "store.db";
  auto opened = Store::open(file, project.clock());
  REQUIRE(opened);
  CHECK((*opened)->last_seq() == 0);
  CHECK(std::filesystem::exists(file));
}

TEST_CASE("a newer schema is refused, with the way on") {
  Project project;
  project.close();
  execute(project.file(), "PRAGMA user_version=9");
  const Error error = error_of_opening(project);
  CHECK(contains(error.message, "made by a newer partita (schema 9, this one knows 8)"));
  CHECK(error.hint == "use that one, or restore a backup");
}

TEST_CASE("a file that is no database is refused and left as it is") {
  Project project;
  remove_store(project);
  const std::string text(5000, 'x');
  REQUIRE(write_file(project.file(), text));
  const Error error = error_of_opening(project);
  CHECK(contains(error.message, "file is not a database"));
  CHECK(contains(error.message, project.file().c_str()));
  CHECK_FALSE(error.hint.empty());
  CHECK(*read_file(project.file()) == text);
}

TEST_CASE("another program's database is refused and left as it is") {
  Project project;
  remove_store(project);
  execute(project.file(), "CREATE TABLE theirs (x)");
  const std::string before = *read_file(project.file());
  CHECK(contains(error_of_opening(project).message, "the database of another program"));
  CHECK(*read_file(project.file()) == before);
}

TEST_CASE("a truncated file is refused with SQLite's words and a hint") {
  Project project;
  const RunId run = project.begin_run();
  std::vector<AttemptRecord> attempts;
  for (int i = 0; i < 2000; ++i) {
    attempts.push_back(partita::testing::attempt_at("a", "partition " + std::to_string(i)));
  }
  project.record(run, attempts);
  project.close();
  std::filesystem::resize_file(project.file(), std::filesystem::file_size(project.file()) / 2);
  const Error error = error_of_opening(project);
  CHECK(contains(error.message, "malformed"));
  CHECK(contains(error.hint, "put a backup in its place"));
}

TEST_CASE("a directory that may not be written to is an error that names the file") {
  if (geteuid() == 0) return;  // may write everywhere
  Project project;
  remove_store(project);
  REQUIRE(chmod(project.directory().c_str(), 0500) == 0);
  const Error error = error_of_opening(project);
  REQUIRE(chmod(project.directory().c_str(), 0700) == 0);
  CHECK(contains(error.message, project.file().c_str()));
  CHECK_FALSE(error.hint.empty());
}

TEST_CASE("a store is closed and opened again without loss") {
  Project project;
  const RunId run = project.begin_run();
  project.record(run, {partita::testing::attempt_at("a", "x")});
  project.reopen();
  CHECK(project->run(run)->id == run);
  CHECK(project->state("a", "x")->value().last == Outcome::materialized);
}

TEST_CASE("the current catalog is the one saved last") {
  Project project;
  CHECK(project->current_catalog()->empty());
  REQUIRE(project->save_catalog(1, R"({"assets":[]})"));
  REQUIRE(project->save_catalog(2, R"({"assets":["b"]})"));
  project.reopen();
  CHECK(*project->current_catalog() == R"({"assets":["b"]})");
}
