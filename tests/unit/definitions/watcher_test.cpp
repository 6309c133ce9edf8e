#include "definitions/watcher.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>

using namespace partita;

namespace {

class SetClock final : public Clock {
 public:
  Instant now() const override { return 0; }
  std::int64_t now_micros() const override { return micros_; }
  std::int64_t monotonic_micros() const override { return micros_; }
  void pass(std::int64_t millis) { micros_ += millis * 1000; }

 private:
  std::int64_t micros_ = 1'000'000'000;
};

struct Watched {
  Path root = make_temporary_directory("partita-watcher-").value();
  Path directory = root / "definitions";
  Path other = root / "sources";
  SetClock clock;

  Watched() {
    REQUIRE(make_directories(directory));
    REQUIRE(make_directories(other));
  }
  ~Watched() { CHECK(remove_tree(root)); }

  static void write(const Path& file) { std::ofstream(file) << "text"; }
  // After so many milliseconds of quiet.
  bool tells(Watcher& watcher, std::int64_t millis) {
    watcher.take();
    clock.pass(millis);
    return watcher.take().contains(directory);
  }
};

}  // namespace

TEST_CASE("a file that was written is told once it is quiet, and once") {
  Watched watched;
  Watcher watcher({watched.directory, watched.other}, watched.clock);
  CHECK(watcher.wait_millis() == -1);
  watched.write(watched.directory / "a.so");
  CHECK(watcher.take().empty());
  CHECK(watcher.wait_millis() == 150);
  watched.clock.pass(149);
  CHECK(watcher.take().empty());
  watched.clock.pass(1);
  CHECK(watcher.take() == std::set<Path>{watched.directory});
  CHECK(watcher.wait_millis() == -1);
  CHECK_FALSE(watched.tells(watcher, 5000));
}

TEST_CASE("a file that is written again and again is told after a second") {
  Watched watched;
  Watcher watcher({watched.directory}, watched.clock);
  for (int i = 0; i < 10; ++i) {
    watched.write(watched.directory / "a.so");
    CHECK(watcher.take().empty());
    watched.clock.pass(100);
  }
  CHECK(watcher.take().size() == 1);
}

TEST_CASE("a file that comes by renaming is told, a name with a dot is not") {
  Watched watched;
  Watcher watcher({watched.directory}, watched.clock);
  watched.write(watched.directory / ".a.so");
  CHECK_FALSE(watched.tells(watcher, 5000));
  std::filesystem::rename(watched.directory / ".a.so", watched.directory / "a.so");
  CHECK(watched.tells(watcher, 150));
}

TEST_CASE("a removal is told after two seconds, and not at all where the file comes back") {
  Watched watched;
  watched.write(watched.directory / "a.so");
  Watcher watcher({watched.directory}, watched.clock);
  std::filesystem::remove(watched.directory / "a.so");
  CHECK_FALSE(watched.tells(watcher, 1999));
  watched.write(watched.directory / "a.so");
  CHECK(watched.tells(watcher, 150));
  std::filesystem::remove(watched.directory / "a.so");
  CHECK(watched.tells(watcher, 2000));
}

TEST_CASE("what happens in a directory that came later is told") {
  Watched watched;
  Watcher watcher({watched.directory}, watched.clock);
  REQUIRE(make_directories(watched.directory / "deep" / "deeper"));
  CHECK(watched.tells(watcher, 150));
  watched.write(watched.directory / "deep" / "deeper" / "a.so");
  CHECK(watched.tells(watcher, 150));
}

TEST_CASE("a directory that is removed and made again is watched again") {
  Watched watched;
  Watcher watcher({watched.directory}, watched.clock);
  REQUIRE(remove_tree(watched.directory));
  watcher.take();
  REQUIRE(make_directories(watched.directory));
  watched.write(watched.directory / "a.so");
  CHECK(watcher.take().empty());
  watched.clock.pass(500);
  CHECK(watched.tells(watcher, 150));
  watched.write(watched.directory / "b.so");
  CHECK(watched.tells(watcher, 150));
}

TEST_CASE("events that were lost count as a change of everything") {
  Watched watched;
  Watcher watcher({watched.directory, watched.other}, watched.clock);
  int most = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
  REQUIRE(most > 0);
  for (int i = 0; i < most / 2 + 1; ++i) {
    const Path file = watched.other / std::to_string(i % 2);
    watched.write(file);
    std::filesystem::remove(file);
  }
  REQUIRE(make_directories(watched.directory / "unseen"));
  watcher.take();
  watched.clock.pass(2000);
  CHECK(watcher.take() == std::set<Path>{watched.directory, watched.other});
  watched.write(watched.directory / "unseen" / "a.so");
  CHECK(watched.tells(watcher, 150));
}

TEST_CASE("without a kernel that tells, it looks") {
  Watched watched;
  Watcher watcher({watched.directory}, watched.clock, Watcher::Means::looking);
  CHECK(watcher.descriptor() == -1);
  CHECK_FALSE(watched.tells(watcher, 500));
  watched.write(watched.directory / "a.so");
  watched.clock.pass(500);
  CHECK(watched.tells(watcher, 150));
  const timespec old[2] = {{1, 0}, {1, 0}};
  REQUIRE(::utimensat(AT_FDCWD, (watched.directory / "a.so").c_str(), old, 0) == 0);
  watched.clock.pass(500);
  CHECK(watched.tells(watcher, 150));
}
