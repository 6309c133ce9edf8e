// What the shape of the graph costs: as many partitions in a long chain of assets, in a diamond, or
// with all of one asset needed by each of another, beside as many that depend on nothing; and one
// after the other, beside SQLite alone that commits as often.
#include <chrono>
#include <string_view>

#include "bare_table.hpp"
#include "bench_project.hpp"

using namespace partita;
using bench::BenchProject;
using bench::Cost;

namespace {

constexpr int kCommits = 2'000;

void print(std::string_view what, const char* isolation, int count, const Cost& cost) {
  fmt::print("{:32} {:6} {:9} in {:8.0f} ms {:7.1f} us each {:4} MB", what, isolation, count,
             cost.milliseconds, cost.milliseconds / count * 1e3, cost.megabytes);
}

void measure(std::string_view what, const char* selection, int count) {
  for (const char* isolation : {"none", "worker"}) {
    const BenchProject project({"shapes", "trivial"});
    const Cost plain = project.run(
        {"materialize", bench::first_minutes("nothing", count), "--isolation", isolation});
    const Cost shaped = project.run({"materialize", selection, "--all", "--isolation", isolation});
    print(what, isolation, count, shaped);
    fmt::print("   independent {:8.0f} ms, ratio {:.2f}, of processor time {:.2f}\n",
               plain.milliseconds, shaped.milliseconds / plain.milliseconds,
               shaped.cpu / plain.cpu);
    std::fflush(stdout);
  }
}

double bare_commit_millis(const Path& file) {
  bench::BareTable table(file);
  AttemptRecord attempt;
  attempt.asset = "after_itself";
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kCommits; ++i) {
    attempt.identity = attempt.key = bench::minute(i);
    table.execute("BEGIN IMMEDIATE");
    table.insert(attempt);
    table.execute("COMMIT");
  }
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  return taken.count() / kCommits;
}

void measure_one_by_one(const char* selection, int count) {
  for (const char* isolation : {"none", "worker"}) {
    const BenchProject project({"shapes"});
    const double before = bare_commit_millis(project.directory() / "before.db");
    const Cost cost = project.run({"materialize", selection, "--all", "--isolation", isolation});
    const double after = bare_commit_millis(project.directory() / "after.db");
    const double bare = (before + after) / 2 * count;
    print("one after the other", isolation, count, cost);
    fmt::print("   bare commits {:8.0f} ms, ratio {:.2f}\n", bare, cost.milliseconds / bare);
    std::fflush(stdout);
  }
}

}  // namespace

int main() {
  measure("1,000 assets in a row x 1,000", "group:chain", 1'000'000);
  measure("a diamond of 4 x 250,000", "group:diamond", 1'000'000);
  measure("all of 10,000 for each of 10,000", "group:all_to_all", 20'000);
  measure_one_by_one("after_itself", 100'000);
}
