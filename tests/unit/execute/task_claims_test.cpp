#include "execute/task_claims.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace partita;

namespace {

struct Pair {
  Pair()
      : directory(*make_temporary_directory("partita-claims-")),
        host(*TaskClaims::create(directory / "claims")),
        worker(*TaskClaims::open(directory / "claims")) {}
  ~Pair() { (void)remove_tree(directory); }
  Path directory;
  TaskClaims host;
  TaskClaims worker;
};

}  // namespace

TEST_CASE("a worker claims the tasks it was offered, in their order and once") {
  Pair pair;
  CHECK_FALSE(pair.worker.claim(0));
  REQUIRE(pair.host.offer(0));
  REQUIRE(pair.host.offer(1));
  CHECK_FALSE(pair.worker.claim(1));
  CHECK(pair.worker.claim(0));
  CHECK_FALSE(pair.worker.claim(0));
  CHECK(pair.host.is_claimed(0));
  CHECK_FALSE(pair.host.is_claimed(1));
  CHECK(pair.worker.claim(1));
}

TEST_CASE("what was taken back is not claimed any more, and the next offer waits for the rest") {
  Pair pair;
  for (std::uint32_t task = 0; task < 4; ++task) REQUIRE(pair.host.offer(task));
  REQUIRE(pair.worker.claim(0));
  CHECK(pair.host.take_back(2) == 2);
  CHECK_FALSE(pair.host.accepts(4));
  CHECK_FALSE(pair.host.offer(4));
  CHECK(pair.worker.claim(1));
  CHECK_FALSE(pair.worker.claim(2));
  CHECK(pair.host.accepts(4));
  REQUIRE(pair.host.offer(4));
  CHECK_FALSE(pair.worker.claim(3));
  CHECK(pair.worker.claim(4));
  CHECK(pair.host.take_back(9) == 0);
}

TEST_CASE("a wish to cancel is seen on the other side") {
  Pair pair;
  CHECK_FALSE(pair.worker.cancelled());
  pair.host.cancel();
  CHECK(pair.worker.cancelled());
}

TEST_CASE("every task is claimed or taken back, never both, whoever is faster") {
  Pair pair;
  constexpr std::uint32_t kTasks = 20'000;
  std::vector<int> times(kTasks, 0);
  std::atomic<std::uint32_t> offered = 0;
  std::thread worker([&] {
    for (std::uint32_t task = 0; task < kTasks; ++task) {
      while (offered.load() <= task) std::this_thread::yield();
      if (pair.worker.claim(task)) ++times[task];
    }
  });
  std::vector<int> taken(kTasks, 0);
  for (std::uint32_t task = 0; task < kTasks; ++task) {
    while (!pair.host.offer(task)) std::this_thread::yield();
    if (task % 3 == 2) {
      for (std::uint32_t i = pair.host.take_back(2); i > 0; --i) ++taken[task + 1 - i];
    }
    offered = task + 1;
  }
  worker.join();
  for (std::uint32_t task = 0; task < kTasks; ++task) CHECK(times[task] + taken[task] == 1);
}

TEST_CASE("workers are awaited until they and what they forked have ended") {
  const Path directory = *make_temporary_directory("partita-claims-");
  const Path file = directory / "1" / "claims-1";
  REQUIRE(make_directories(file.parent_path()));
  REQUIRE(TaskClaims::create(file));
  CHECK(await_workers(directory, 0));
  int ready[2], end[2];
  REQUIRE(::pipe(ready) == 0);
  REQUIRE(::pipe(end) == 0);
  const pid_t worker = ::fork();
  if (worker == 0) {
    const bool let = let_await(file).has_value();
    char byte = 0;
    if (::fork() != 0) ::_exit(let ? 0 : 1);
    ::close(end[1]);
    (void)!::write(ready[1], "x", 1);
    (void)!::read(end[0], &byte, 1);  // until the test closes it
    ::_exit(0);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  int status = 0;
  REQUIRE(::waitpid(worker, &status, 0) == worker);
  CHECK(status == 0);
  CHECK_FALSE(await_workers(directory, 4));
  ::close(end[1]);
  CHECK(await_workers(directory, 60'000));
  for (const int fd : {ready[0], ready[1], end[0]}) ::close(fd);
  REQUIRE(remove_tree(directory));
  CHECK_FALSE(let_await(file));
}
