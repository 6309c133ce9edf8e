// What a partition costs beyond its own work: the real binary materializes partitions that do
// nothing, durably, beside plain programs of the same run: SQLite alone that writes the same facts,
// a process forked and waited for per partition, ninja and make with a command each.
//
//   materialize_bench [MOST]    up to so many partitions, 1,000,000 unless told
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <functional>
#include <string_view>

#include "bare_table.hpp"
#include "bench_project.hpp"

using namespace partita;
using bench::BenchProject;
using bench::Cost;
using bench::cost_of;
using bench::must;

namespace {

constexpr int kCommit = 1024;
constexpr int kForks = 5'000;
constexpr int kCrashing = 50'000;
constexpr int kWorking = 400;
constexpr int kCommands = 1'000;
constexpr double kWorkMillis = 10;

void print(std::string_view what, int count, const Cost& ours, std::string_view plain,
           double plain_millis) {
  fmt::print("{:34} {:9} in {:8.0f} ms {:8.0f}/s {:6.1f} us {:4} MB", what, count,
             ours.milliseconds, count / ours.milliseconds * 1e3, ours.milliseconds / count * 1e3,
             ours.megabytes);
  if (plain_millis > 0)
    fmt::print("   {} {:8.0f} ms, ratio of rates {:.2f}", plain, plain_millis,
               plain_millis / ours.milliseconds);
  fmt::print("\n");
  std::fflush(stdout);
}

double millis_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

AttemptRecord attempt_at(int i) {
  AttemptRecord attempt;
  const std::int64_t window = bench::kFirstMinute + 60LL * i;
  attempt.asset = "nothing";
  attempt.identity = fmt::format("@{}/{}", window, window + 60);
  attempt.key = bench::minute(i);
  attempt.outcome = Outcome::materialized;
  attempt.started = 1'700'000'000'000'000 + i;
  attempt.finished = attempt.started + 1;
  attempt.data_version = fmt::format("run-1-{}", i);
  attempt.code_hash = "5d41402abc4b2a76b9719d911017c592ae2f1d0c5d41402abc4b2a76b9719d91";
  return attempt;
}

double bare_sqlite(const Path& file, int count) {
  bench::BareTable table(file);
  return millis_of([&] {
    for (int i = 0; i < count; i += kCommit) {
      table.execute("BEGIN IMMEDIATE");
      for (int j = i; j < std::min(count, i + kCommit); ++j) table.insert(attempt_at(j));
      table.execute("COMMIT");
    }
  });
}

double bare_forks(int count) {
  return millis_of([&] {
    for (int i = 0; i < count; ++i) {
      const pid_t child = fork();
      if (child == 0) _exit(0);
      waitpid(child, nullptr, 0);
    }
  });
}

Cost materialize(const BenchProject& project, const char* asset, int count, const char* isolation,
                 int code = 0) {
  return project.run({"materialize", bench::first_minutes(asset, count), "--isolation", isolation},
                     code);
}

void measure_curve(int most) {
  for (int count = 1'000; count <= most; count *= 10) {
    const BenchProject threads({"trivial"});
    const BenchProject workers({"trivial"});
    const double bare = bare_sqlite(threads.directory() / "bare.db", count);
    print("threads", count, materialize(threads, "nothing", count, "none"), "bare SQLite", bare);
    print("worker processes", count, materialize(workers, "nothing", count, "worker"),
          "bare SQLite", bare);
    print("nothing to do", count,
          workers.run({"materialize", bench::first_minutes("nothing", count), "--missing"}), "", 0);
    fmt::print("{:34} {:.0f} bytes a materialization\n", "the store",
               static_cast<double>(std::filesystem::file_size(workers.store())) / count);
  }
}

void measure_isolation() {
  const BenchProject project({"trivial"});
  const double forks = bare_forks(kForks);
  print("a process each", kForks, materialize(project, "nothing", kForks, "partition"),
        "bare fork and wait", forks);
  print("one in a hundred crashing", kCrashing,
        materialize(project, "crashing", kCrashing, "worker", 1), "", 0);
  const double ideal = kWorking * kWorkMillis / 2;
  Cost two = project.run({"materialize", bench::first_minutes("working", kWorking), "-j2"});
  print("10 ms of work each, -j2", kWorking, two, "the work alone on two processors", ideal);
}

// A command per partition, run by a build tool; skipped where it is not installed.
void measure_tool(const std::string& tool, std::string_view file, const std::string& text) {
  if (std::system(fmt::format("command -v {} >/dev/null", tool).c_str()) != 0) {
    fmt::print("{}: skipped, it is not installed\n", tool);
    return;
  }
  const Path directory = must(make_temporary_directory("partita-bench-"));
  must(write_file(directory / file, text));
  print(tool, kCommands, cost_of(tool, {"-C", directory.string(), "-j2"}), "", 0);
  must(remove_tree(directory));
}

void measure_tools() {
  std::string ninja = "rule touch\n  command = : > $out\n";
  std::string make = "all:";
  for (int i = 0; i < kCommands; ++i) {
    ninja += fmt::format("build out{}: touch\n", i);
    make += fmt::format(" out{}", i);
  }
  make += "\nout%:\n\t@: > $@\n";
  measure_tool("ninja", "build.ninja", ninja);
  measure_tool("make", "Makefile", make);
}

}  // namespace

int main(int argc, char** argv) {
  int most = 1'000'000;
  if (argc > 1) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), most);
  measure_isolation();
  measure_tools();
  measure_curve(most);
}
