// How many attempts a second the store records durably, beside a bare SQLite program that writes
// the same facts as rows of text with an index, in commits of the same size; and the bytes either
// takes.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bare_table.hpp"
#include "base/clock.hpp"
#include "base/files.hpp"
#include "must.hpp"
#include "store/store.hpp"

using namespace partita;
using bench::BareTable;
using bench::must;

namespace {

constexpr int kAttempts = 100'000;
constexpr int kRounds = 3;

std::vector<AttemptRecord> make_attempts() {
  std::vector<AttemptRecord> attempts;
  for (int i = 0; i < kAttempts; ++i) {
    AttemptRecord& attempt = attempts.emplace_back();
    const std::int64_t window = 1'577'836'800 + 3600LL * i;
    attempt.asset = "prices";
    attempt.identity = fmt::format("@{}/{}", window, window + 3600);
    attempt.key = format_instant(window).substr(0, 13) + ":00";
    attempt.outcome = Outcome::materialized;
    attempt.started = 1'700'000'000'000'000 + 700LL * i;
    attempt.finished = attempt.started + 1500 + i % 100;
    attempt.data_version =
        fmt::format("{:016x}", 0x9e3779b97f4a7c15U * static_cast<unsigned>(i + 1));
    attempt.code_version = "3";
    attempt.code_hash = "5d41402abc4b2a76b9719d911017c592ae2f1d0c5d41402abc4b2a76b9719d91";
  }
  return attempts;
}

struct Measure {
  double rate = 0;   // attempts a second
  double bytes = 0;  // of the file, per attempt
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double bytes_each(const Path& file) {
  return static_cast<double>(std::filesystem::file_size(file)) / kAttempts;
}

Measure store_rate(const Path& file, std::span<const AttemptRecord> attempts, std::size_t batch) {
  auto store = must(Store::open(file, system_clock()));
  const RunId run = must(store->begin_run({}));
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < attempts.size(); i += batch) {
    must(store->record(run, attempts.subspan(i, std::min(batch, attempts.size() - i))));
  }
  const double seconds = seconds_since(start);
  store.reset();
  return {kAttempts / seconds, bytes_each(file)};
}

Measure bare_rate(const Path& file, std::span<const AttemptRecord> attempts, std::size_t batch) {
  double seconds = 0;
  {
    BareTable table(file);
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < attempts.size(); i += batch) {
      table.execute("BEGIN IMMEDIATE");
      for (const auto& attempt : attempts.subspan(i, std::min(batch, attempts.size() - i))) {
        table.insert(attempt);
      }
      table.execute("COMMIT");
    }
    seconds = seconds_since(start);
  }
  return {kAttempts / seconds, bytes_each(file)};
}

bool slower(const Measure& a, const Measure& b) {
  return a.rate < b.rate;
}

double opening_micros(const Path& file) {
  double best = 1e9;
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    auto store = must(Store::open(file, system_clock()));
    best = std::min(best, seconds_since(start) * 1e6);
  }
  return best;
}

}  // namespace

int main() {
  const Path directory = must(make_temporary_directory("partita-bench-"));
  const auto attempts = make_attempts();
  for (const std::size_t batch : {256, 1024}) {
    std::vector<Measure> ours;
    std::vector<Measure> bare;
    for (int round = 0; round < kRounds; ++round) {
      const auto name = fmt::format("{}-{}", batch, round);
      ours.push_back(store_rate(directory / ("store-" + name), attempts, batch));
      bare.push_back(bare_rate(directory / ("bare-" + name), attempts, batch));
    }
    const Measure store = *std::max_element(ours.begin(), ours.end(), slower);
    const Measure table = *std::max_element(bare.begin(), bare.end(), slower);
    fmt::print(
        "batches of {:>4}: store {:>7.0f}/s, {:.0f} bytes each; bare table {:>7.0f}/s, {:.0f}"
        " bytes each; ratio {:.2f}\n",
        batch, store.rate, store.bytes, table.rate, table.bytes, store.rate / table.rate);
  }
  fmt::print("opening a store of {} attempts: {:.0f} us\n", kAttempts,
             opening_micros(directory / "store-256-0"));
  must(remove_tree(directory));
}
