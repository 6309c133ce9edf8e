// How long after its end a partition is acknowledged: durable, and told to whoever reads the lines
// of `materialize --jsonl`. Under load, and alone, where each partition waits for the one before;
// beside a commit of SQLite alone.
//
//   acknowledgement_bench [COUNT]    partitions under load, 200,000 unless told
#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>

#include "bare_table.hpp"
#include "bench_project.hpp"

using namespace partita;
using bench::BenchProject;

namespace {

constexpr int kAlone = 500;
constexpr std::string_view kEnded = R"("ended":{"kind":"int","value":)";

using Micros = std::vector<std::int64_t>;

Micros commits_of_bare_sqlite(const Path& file) {
  bench::BareTable table(file);
  AttemptRecord attempt;
  attempt.asset = "timed";
  Micros taken;
  for (int i = 0; i < kAlone; ++i) {
    attempt.identity = attempt.key = bench::minute(i);
    const std::int64_t begun = system_clock().monotonic_micros();
    table.execute("BEGIN IMMEDIATE");
    table.insert(attempt);
    table.execute("COMMIT");
    taken.push_back(system_clock().monotonic_micros() - begun);
  }
  return taken;
}

// The delays of the lines in `text`, which were read at `now`.
void take_lines(std::string_view text, std::int64_t now, Micros& delays) {
  for (std::size_t at = text.find(kEnded); at != std::string_view::npos;
       at = text.find(kEnded, at)) {
    at += kEnded.size();
    std::int64_t ended = 0;
    std::from_chars(text.data() + at, text.data() + text.size(), ended);
    delays.push_back(now - ended);
  }
}

Micros delays_of(const BenchProject& project, const std::string& selection, const char* isolation) {
  const std::string command =
      fmt::format("{} --project {} materialize '{}' --jsonl --isolation {} 2>/dev/null",
                  bench::binary().string(), project.directory().string(), selection, isolation);
  FILE* lines = ::popen(command.c_str(), "r");
  Micros delays;
  std::string text(1 << 16, '\0'), rest;
  for (ssize_t got = 0; (got = ::read(::fileno(lines), text.data(), text.size())) > 0;) {
    const std::int64_t now = system_clock().now_micros();
    rest.append(text, 0, static_cast<std::size_t>(got));
    const std::size_t whole = rest.rfind('\n') + 1;
    take_lines(std::string_view(rest).substr(0, whole), now, delays);
    rest.erase(0, whole);
  }
  if (::pclose(lines) != 0) std::exit(1);
  return delays;
}

void print(std::string_view what, std::string_view isolation, Micros micros) {
  std::sort(micros.begin(), micros.end());
  const auto at = [&](double part) {
    return static_cast<double>(
               micros[static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1))]) /
           1e3;
  };
  fmt::print("{:24} {:10} {:7} median {:7.2f} ms, 99 of 100 within {:7.2f} ms, all within {:.2f}\n",
             what, isolation, micros.size(), at(0.5), at(0.99), at(1));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  int count = 200'000;
  if (argc > 1) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), count);
  for (const char* isolation : {"none", "worker"}) {
    const BenchProject project({"trivial"});
    print("SQLite alone", "", commits_of_bare_sqlite(project.directory() / "bare.db"));
    print("alone", isolation,
          delays_of(project, bench::first_minutes("timed_alone", kAlone), isolation));
    print("under load", isolation,
          delays_of(project, bench::first_minutes("timed", count), isolation));
  }
}
