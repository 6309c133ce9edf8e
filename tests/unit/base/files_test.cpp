#include "base/files.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace partita;

namespace {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(*make_temporary_directory("partita-files-")) {}
  ~TemporaryDirectory() { (void)remove_tree(path_); }
  const Path& path() const { return path_; }

 private:
  Path path_;
};

}  // namespace

TEST_CASE("a file is written whole and leaves nothing beside it") {
  const TemporaryDirectory scratch;
  REQUIRE(write_file(scratch.path() / "a", "first"));
  REQUIRE(write_file(scratch.path() / "a", "second"));
  CHECK(*read_file(scratch.path() / "a") == "second");
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 1);
}

TEST_CASE("an error names the path") {
  const Result<std::string> missing = read_file("/nowhere/at/all");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "open /nowhere/at/all: No such file or directory");
  const Status unwritten = write_file("/nowhere/at/all", "x");
  REQUIRE_FALSE(unwritten);
  CHECK(unwritten.error().message == "create /nowhere/at/all: No such file or directory");
}

TEST_CASE("publishing takes an empty place, then exchanges with what is there") {
  const TemporaryDirectory scratch;
  const Path target = scratch.path() / "target", staged = scratch.path() / "staged";
  REQUIRE(make_directories(staged));
  REQUIRE(write_file(staged / "f", "1"));
  REQUIRE(publish_directory(staged, target));
  CHECK(*read_file(target / "f") == "1");
  REQUIRE(make_directories(staged));
  REQUIRE(write_file(staged / "f", "2"));
  REQUIRE(publish_directory(staged, target));
  CHECK(*read_file(target / "f") == "2");
  CHECK(*read_file(staged / "f") == "1");
}

TEST_CASE("a tree is synced, and one that is not there is an error") {
  const TemporaryDirectory scratch;
  REQUIRE(make_directories(scratch.path() / "a" / "b"));
  REQUIRE(write_file(scratch.path() / "a" / "b" / "f", "x"));
  CHECK(sync_tree(scratch.path() / "a"));
  CHECK_FALSE(sync_tree(scratch.path() / "none"));
}
