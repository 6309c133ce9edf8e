// What looking at a project costs that has assets of ten million partitions, one in a hundred of
// them failed at random: the real binary, from its start to its end, beside a bare process that
// opens the store and reads what is kept of the outcomes.
//
//   large_project_bench [DIRECTORY]    an existing project is asked again without being made anew
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string_view>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "command_cost.hpp"
#include "must.hpp"
#include "partitions/definition.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

using namespace partita;
using bench::Cost;
using bench::cost_of;
using bench::in_a_child;
using bench::must;

namespace {

constexpr Index kBatch = 10'240;
constexpr unsigned kFailedOneIn = 100;
constexpr int kRuns = 5;
constexpr std::string_view kPlain = "--plain";

// The median time, the largest memory.
Cost typical_cost_of(const Path& program, const std::vector<std::string>& words) {
  std::vector<Cost> costs;
  for (int i = 0; i < kRuns; ++i) costs.push_back(cost_of(program, words));
  std::sort(costs.begin(), costs.end(),
            [](const Cost& a, const Cost& b) { return a.milliseconds < b.milliseconds; });
  Cost typical = costs[kRuns / 2];
  for (const Cost& cost : costs) typical.megabytes = std::max(typical.megabytes, cost.megabytes);
  return typical;
}

class Bench {
 public:
  explicit Bench(const Path& directory)
      : directory_(directory), partita_(Path(PARTITA_BINARY_DIR) / "bin" / "partita") {}

  void prepare() {
    if (std::filesystem::exists(store())) return;
    must(make_directories(directory_ / "definitions"));
    std::filesystem::copy_file(Path(PARTITA_BINARY_DIR) / "plugins" / "many.so",
                               directory_ / "definitions" / "many.so");
    must(write_file(directory_ / "partita.toml", "definitions = [\"definitions\"]\n"));
    run({"reload"});
    seed("minutes", {{"", minutes("")}});
    seed("minutes_of_berlin", {{"", minutes("Europe/Berlin")}});
    seed("hours_by_category", {{"category", categories()}, {"hour", hours()}});
    print("list, the first time", run({"list"}), plain());
  }

  void measure() const {
    const Cost beside = plain();
    const std::string failed = "--status=failed";
    show(beside, {"list"});
    show(beside, {"list", "--json"});
    show(beside, {"status"});
    show(beside, {"show", "minutes"});
    for (const char* asset : {"minutes", "hours_by_category"}) {
      show(beside, {"partitions", asset, "--limit", "50"});
      show(beside, {"partitions", asset, failed, "--limit", "50"});
    }
    show(beside, {"partitions", "minutes", failed, "--cursor", "2022-06-01-00:00"});
    show(beside, {"partitions", "minutes", "2010-01-01-00:00..2020-01-01-00:00"});
    show(beside, {"partitions", "hours_by_category", "category=category-7,hour=latest-99.."});
    show(beside, {"partitions", "minutes", "(failed and 2010-01-01-00:00..)", "--limit", "50"});
    show(beside, {"--as-of", "2015-01-01", "partitions", "minutes", failed});
  }

 private:
  Path store() const { return directory_ / ".partita" / "partita.db"; }

  Cost run(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--project", directory_.string()});
    return typical_cost_of(partita_, words);
  }
  Cost plain() const {
    return typical_cost_of("/proc/self/exe", {std::string(kPlain), store().string()});
  }
  static void print(std::string_view what, const Cost& ours, const Cost& plain) {
    fmt::print("{:70} {:6.1f} ms (cpu {:5.1f}) {:4} MB   plain {:5.1f} ms (cpu {:4.1f}) {:3} MB\n",
               what, ours.milliseconds, ours.cpu, ours.megabytes, plain.milliseconds, plain.cpu,
               plain.megabytes);
  }
  void show(const Cost& beside, const std::vector<std::string>& words) const {
    print(fmt::format("{}", fmt::join(words, " ")), run(words), beside);
  }

  static TimeDimension minutes(std::string zone) {
    TimeDimension time;
    time.cadence = Cadence::cron;
    time.cron = "* * * * *";
    time.start = "2004-01-01";
    time.end = "2023-01-05T10:40";
    time.timezone = std::move(zone);
    return time;
  }
  static TimeDimension hours() {
    TimeDimension time;
    time.cadence = Cadence::hourly;
    time.start = "1967-01-01";
    time.end = "2024-01-15T08:00";
    return time;
  }
  static StaticDimension categories() {
    StaticDimension dimension;
    for (int i = 0; i < 20; ++i) dimension.keys.push_back(fmt::format("category-{}", i));
    return dimension;
  }

  void seed(const std::string& asset, std::vector<Dimension> dimensions) {
    const auto definition = must(validated({std::move(dimensions)}));
    const SpacePtr space = must(make_space(definition, {system_clock().now(), {}}));
    const auto start = std::chrono::steady_clock::now();
    in_a_child([&] { record(asset, *space); });
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    fmt::print("recording {} partitions of {}: {:.1f} s\n", space->size(), asset, taken.count());
  }

  void record(const std::string& asset, const PartitionSpace& space) {
    auto store = must(Store::open(this->store(), system_clock()));
    const RunId run = must(store->begin_run({}));
    std::mt19937 random(1);
    std::vector<AttemptRecord> attempts;
    for (Index i = 0; i < space.size(); ++i) {
      AttemptRecord& attempt = attempts.emplace_back();
      attempt.asset = asset;
      attempt.identity = space.identity_at(i);
      attempt.key = space.key_at(i);
      attempt.outcome = random() % kFailedOneIn == 0 ? Outcome::failed : Outcome::materialized;
      if (attempt.outcome == Outcome::failed)
        attempt.failure = FailureRecord{"error", 0, "no rows", ""};
      attempt.finished = attempt.started = 1'700'000'000'000'000 + i;
      if (static_cast<Index>(attempts.size()) < kBatch && i + 1 < space.size()) continue;
      must(store->record(run, attempts));
      attempts.clear();
    }
    must(store->finish_run(run, RunState::failed));
  }

  Path directory_;
  Path partita_;
};

// The least that any command on this store has to do.
int read_outcomes(const Path& file) {
  const auto database = must(Database::open(file));
  std::size_t bytes = 0;
  Rows rows = database->statement("SELECT stretches FROM summary WHERE kind = 1").query();
  while (rows.next()) bytes += rows.blob(0).size();
  return bytes > 0 || rows.status() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && argv[1] == kPlain) return read_outcomes(argv[2]);
  const bool given = argc > 1;
  const Path directory = given ? Path(argv[1]) : must(make_temporary_directory("partita-bench-"));
  Bench bench(directory);
  bench.prepare();
  bench.measure();
  if (!given) must(remove_tree(directory));
}
