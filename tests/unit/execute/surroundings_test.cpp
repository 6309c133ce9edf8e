#include "execute/surroundings.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

using namespace partita;

namespace {

mode_t mask() {
  const mode_t now = ::umask(0);
  ::umask(now);
  return now;
}

// Whatever a test does, the next one begins where this one began.
struct Fixture {
  ~Fixture() { before.restore(true); }
  const std::string directory = std::filesystem::current_path().string();
  const mode_t own_mask = mask();
  const Surroundings before;

  bool are_as_before() const {
    return std::filesystem::current_path().string() == directory && mask() == own_mask;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what was changed through the C library is put back") {
  REQUIRE(::chdir("/") == 0);
  ::umask(0333);
  before.restore(false);
  CHECK(are_as_before());
  const int root = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(::fchdir(root) == 0);
  ::close(root);
  before.restore(false);
  CHECK(are_as_before());
  std::filesystem::current_path("/");  // another library's call
  CHECK_FALSE(are_as_before());
  before.restore(false);
  CHECK(are_as_before());
}

TEST_CASE_FIXTURE(Fixture,
                  "what was asked of the kernel itself is put back where one is thorough") {
  before.restore(true);
  REQUIRE(::syscall(SYS_chdir, "/") == 0);
  before.restore(true);
  CHECK(are_as_before());
}

TEST_CASE_FIXTURE(Fixture, "a refused change is refused as the C library does") {
  CHECK(::chdir("/no/such/directory") == -1);
  CHECK(errno == ENOENT);
  CHECK(::fchdir(-1) == -1);
  CHECK(errno == EBADF);
  CHECK(::umask(022) == own_mask);
  CHECK(::umask(own_mask) == 022);
}
