// What it takes to say which of 10 million partitions are materialized and which failed, one in a
// hundred of them at random, beside reading a file of as many bytes as the summary has.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "must.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

using namespace partita;
using bench::must;

namespace {

constexpr Index kPartitions = 10'000'000;
constexpr Index kBatch = 10'240;
constexpr unsigned kFailedOneIn = 100;

double milliseconds(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

// Runs it in a process of its own and says how much memory that took at most.
long peak_megabytes(const auto& work) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    work();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  struct rusage usage{};
  wait4(child, &status, 0, &usage);
  if (status != 0) std::exit(1);
  return usage.ru_maxrss / 1024;
}

// Windows of a minute, ten million of which are 19 years.
SpacePtr minutes() {
  TimeDimension time;
  time.cadence = Cadence::cron;
  time.cron = "* * * * *";
  time.start = "2004-01-01";
  const auto definition = must(validated({{{"", time}}}));
  SpaceContext context;
  context.now = must(parse_instant("2004-01-01")) + kPartitions * 60;
  return must(make_space(definition, context));
}

void seed(const Path& file, const PartitionSpace& space) {
  auto store = must(Store::open(file, system_clock()));
  const RunId run = must(store->begin_run({}));
  std::mt19937 random(1);
  std::vector<AttemptRecord> attempts;
  for (Index i = 0; i < space.size(); ++i) {
    AttemptRecord& attempt = attempts.emplace_back();
    attempt.asset = "a";
    attempt.identity = space.identity_at(i);
    attempt.key = attempt.identity;
    attempt.outcome = random() % kFailedOneIn == 0 ? Outcome::failed : Outcome::materialized;
    attempt.finished = attempt.started = 1'700'000'000'000'000 + i;
    if (static_cast<Index>(attempts.size()) < kBatch && i + 1 < space.size()) continue;
    must(store->record(run, attempts));
    attempts.clear();
  }
  must(store->finish_run(run, RunState::failed));
}

void ask(const Path& file, const PartitionSpace& space, const char* when) {
  auto store = must(Store::open(file, system_clock()));
  std::optional<OutcomeSets> sets;
  const double spent = milliseconds([&] { sets = must(store->outcome_sets("a", space)); });
  fmt::print("outcome sets, {}: {:.1f} ms, {} materialized, {} failed in {} runs\n", when, spent,
             sets->materialized.count(), sets->failed.count(), sets->failed.box_count());
}

std::string stored_summary(const Path& file) {
  auto database = must(Database::open(file));
  Rows rows = database->statement("SELECT stretches FROM summary WHERE kind = 1").query();
  return rows.next() ? std::string(rows.blob(0)) : std::string();
}

}  // namespace

int main(int argc, char** argv) {
  const Path directory = must(make_temporary_directory("partita-bench-"));
  const Path file = argc > 1 ? Path(argv[1]) : directory / "store.db";
  const SpacePtr space = minutes();
  if (!std::filesystem::exists(file)) {
    fmt::print("seeding {} partitions: {:.1f} s\n", space->size(),
               milliseconds([&] { seed(file, *space); }) / 1000);
  }
  const long bare = peak_megabytes([&] {});
  const long first = peak_megabytes([&] { ask(file, *space, "the first time"); });
  const long then = peak_megabytes([&] {
    ask(file, *space, "from the summary");
    ask(file, *space, "again");
  });
  const std::string summary = stored_summary(file);
  const Path plain = directory / "plain";
  must(write_file(plain, summary));
  const double reading = milliseconds([&] { must(read_file(plain)); });
  fmt::print("reading a plain file of its {} bytes: {:.2f} ms\n", summary.size(), reading);
  fmt::print(
      "peak memory: {} MB the first time, {} MB from the summary, {} MB of which the program"
      " itself\n",
      first, then, bare);
  must(remove_tree(directory));
}
