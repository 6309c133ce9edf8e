// What it costs to know what to run and why: a million partitions in five assets with mappings
// between them, made by a real run; each command from its start to its end, beside a bare process
// that opens the store and reads what is kept of outcomes and provenance.
#include <fmt/format.h>

#include <algorithm>

#include "bench_project.hpp"
#include "store/sqlite.hpp"

using namespace partita;
using bench::BenchProject;
using bench::Cost;
using bench::must;

namespace {

constexpr std::string_view kPlain = "--plain";
constexpr int kRuns = 5;

template <class Run>
Cost typical(const Run& run) {
  std::vector<Cost> costs;
  for (int i = 0; i < kRuns; ++i) costs.push_back(run());
  std::sort(costs.begin(), costs.end(),
            [](const Cost& a, const Cost& b) { return a.milliseconds < b.milliseconds; });
  return costs[kRuns / 2];
}

// The least that any command on this store has to do.
int read_summaries(const Path& file) {
  const auto database = must(Database::open(file));
  std::size_t bytes = 0;
  Rows rows = database->statement("SELECT stretches FROM summary").query();
  while (rows.next()) bytes += rows.blob(0).size();
  return bytes > 0 || rows.status() ? 0 : 1;
}

void show(const BenchProject& project, const std::vector<std::string>& words) {
  const Cost plain = typical([&] {
    return bench::cost_of("/proc/self/exe", {std::string(kPlain), project.store().string()});
  });
  const Cost ours = typical([&] { return project.run(words); });
  fmt::print("{:52} {:7.1f} ms (cpu {:6.1f}) {:4} MB   plain {:5.1f} ms (cpu {:4.1f})  {:5.1f} x\n",
             fmt::format("{}", fmt::join(words, " ")), ours.milliseconds, ours.cpu, ours.megabytes,
             plain.milliseconds, plain.cpu, ours.milliseconds / plain.milliseconds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && argv[1] == kPlain) return read_summaries(argv[2]);
  const BenchProject project({"layers"});
  const Cost made = project.run({"--quiet", "materialize", "*", "--all"});
  fmt::print("made all of it in {:.1f} s\n\n", made.milliseconds / 1e3);
  show(project, {"materialize", "--missing", "--stale"});
  show(project, {"plan", "--stale"});
  show(project, {"plan", "*", "--all"});
  show(project, {"list"});
  show(project, {"explain", "smooth@2024-03-01-10:30"});
  show(project, {"explain", "by_region@2024-03-01-10:00|region-150"});
  project.run({"--quiet", "materialize", "ticks@2024-02-01-00:00..2024-04-01-00:00"});
  fmt::print("\nafter two months of ticks were made again\n");
  show(project, {"plan", "--stale"});
  show(project, {"plan", "--stale", "--json"});
  show(project, {"explain", "clean@2024-03-01-10:30"});
  show(project, {"partitions", "clean", "stale"});
}
