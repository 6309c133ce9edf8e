#include "base/advice.hpp"

#include <doctest/doctest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

using namespace partita;

namespace {

struct Scratch {
  const Path root = *make_temporary_directory("partita-advice-");
  ~Scratch() { (void)remove_tree(root); }
};

}  // namespace

TEST_CASE("what this user owns and may not read is to be given its permission") {
  const Scratch scratch;
  REQUIRE(write_file(scratch.root / "file", ""));
  const std::string root = scratch.root.string();
  CHECK(advice_on(EACCES, root + "/file", Access::read) == "chmod u+r " + root + "/file");
  CHECK(advice_on(EACCES, root, Access::read) == "chmod u+rx " + root);
  CHECK(advice_on(EACCES, root, Access::write) == "chmod u+wx " + root);
  CHECK(advice_on(EACCES, root + "/none/below", Access::write) == "chmod u+wx " + root);
}

TEST_CASE("what is another's is named with who can open it") {
  const Scratch scratch;
  const Path file = scratch.root / "file";
  REQUIRE(write_file(file, ""));
  if (::chown(file.c_str(), 65534, 65534) != 0) {
    MESSAGE("skipped: only root gives files away");
    return;
  }
  CHECK(advice_on(EACCES, file, Access::read) ==
        "as its owner: chmod o+r " + file.string() + ", or as root: chown $USER " + file.string());
}

TEST_CASE("the directory on the way that is closed is the one to open") {
  const Scratch scratch;
  const Path closed = scratch.root / "closed";
  REQUIRE(make_directories(closed / "in"));
  REQUIRE(::chmod(scratch.root.c_str(), 0755) == 0);
  REQUIRE(::chmod(closed.c_str(), 0) == 0);
  const bool is_root = ::geteuid() == 0;
  if (is_root) ::setfsuid(65534);  // root may see everything
  const std::string advice = advice_on(EACCES, closed / "in", Access::read);
  if (is_root) ::setfsuid(0);
  REQUIRE(::chmod(closed.c_str(), 0700) == 0);
  CHECK(advice == "chmod u+x " + closed.string());
}

TEST_CASE("a file in the place of a directory is to be moved away") {
  const Scratch scratch;
  const Path file = scratch.root / "file";
  REQUIRE(write_file(file, ""));
  const Status made = make_directories(file / "below");
  REQUIRE_FALSE(made);
  CHECK(made.error().hint == "move " + file.string() + " away: a directory belongs there");
}

TEST_CASE("a full disk is one that wants room") {
  CHECK(is_full(ENOSPC));
  CHECK(is_full(EDQUOT));
  CHECK_FALSE(is_full(EIO));
  CHECK(advice_on(ENOSPC, "/", Access::write) == "make room there and run the command again");
}
