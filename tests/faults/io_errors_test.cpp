// A disk that fails or is full, at any operation: a clear error, the process lives, and what was
// acknowledged is there afterwards, whether the store is closed in order or its process is killed.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>

#include "faults/store_life.hpp"
#include "support/file_seam.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

constexpr int kCallsBefore = 8;
constexpr int kCalls = 30;
constexpr int kLatestOperation = 200;

LogSeen log_of(const Path& file, std::int64_t most = INT64_MAX) {
  const auto log = see_log(file, most);
  REQUIRE_MESSAGE(log, (log ? "" : log.error().message));
  return *log;
}

void check_is_clear(const Error& error, const Path& file) {
  CAPTURE(error.message);
  CHECK(error.code == ErrorCode::io);
  CHECK(error.message.find(file.filename().string()) != std::string::npos);
  CHECK_FALSE(error.hint.empty());
}

// The files as they are, without the store having been closed.
Path copy_as_killed(const Path& file) {
  const Path copy = file.parent_path() / "killed" / file.filename();
  REQUIRE(make_directories(copy.parent_path()));
  for (const char* end : {"", "-wal", "-journal"}) {
    std::error_code none;
    std::filesystem::copy_file(file.string() + end, copy.string() + end, none);
  }
  return copy;
}

void check_reopened(const Path& file) {
  const StepClock clock;
  auto store = Store::open(file, clock);
  REQUIRE_MESSAGE(store, (store ? "" : store.error().message));
  const std::string trouble = trouble_with(**store, file.parent_path() / "scratch");
  CHECK_MESSAGE(trouble.empty(), trouble);
  CHECK((*store)->begin_run({}));
}

struct Tally {
  int failures = 0;  // of operations
  int errors = 0;    // that were told
};

// One call while operations may fail; another connection sees what it did.
void step_and_look(FileSeam& seam, StoreLife& life, LogSeen& log, Tally& tally) {
  const std::int64_t failures = seam.failures();
  const Status done = life.step();
  seam.pause_failing(true);
  const LogSeen now = log_of(life.file());
  if (done && life.was_told()) CHECK(now.last > log.last);
  if (!done) {
    check_is_clear(done.error(), life.file());
    CHECK(seam.failures() > failures);
    CHECK(now == log);
    ++tally.errors;
  }
  log = now;
  seam.pause_failing(false);
}

void live_through(FileSeam& seam, const Path& directory, unsigned seed, Tally& tally) {
  constexpr Fault kFaults[] = {Fault::error, Fault::short_write, Fault::disk_full};
  std::mt19937 random(seed);
  StoreLife life(directory / "store.db", seed);
  for (int call = 0; call < kCallsBefore; ++call) REQUIRE(life.step());
  LogSeen log = log_of(life.file());
  const Fault fault = kFaults[random() % std::size(kFaults)];
  const bool for_good = random() % 2 == 0;
  seam.fail_after(static_cast<int>(random() % kLatestOperation), fault, for_good);
  for (int call = 0; call < kCalls; ++call) {
    CAPTURE(call);
    step_and_look(seam, life, log, tally);
  }
  tally.failures += static_cast<int>(seam.failures());
  seam.fail_no_more();
  const Path killed = copy_as_killed(life.file());
  CHECK(log_of(killed, log.last) == log);
  check_reopened(killed);
  life.close();
  CHECK(log_of(life.file()) == log);
  check_reopened(life.file());
}

int rounds() {
  const char* asked = std::getenv("PARTITA_FAULT_ROUNDS");
  return asked != nullptr ? std::atoi(asked) : 200;
}

}  // namespace

TEST_CASE("a disk that fails or is full costs what was not acknowledged, and nothing else") {
  const Path directory = *make_temporary_directory("partita-disk-");
  Tally tally;
  for (int round = 0; round < rounds(); ++round) {
    CAPTURE(round);
    FileSeam seam;
    seam.skip_syncs(true);
    REQUIRE(make_directories(directory / "life"));
    live_through(seam, directory / "life", static_cast<unsigned>(round), tally);
    REQUIRE(remove_tree(directory / "life"));
  }
  MESSAGE(tally.failures, " operations failed, ", tally.errors, " errors were told");
  CHECK(tally.errors > rounds() / 2);
  REQUIRE(remove_tree(directory));
}
