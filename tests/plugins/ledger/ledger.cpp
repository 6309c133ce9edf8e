// Assets that depend on each other and say, in a file `ledger` that only grows, when each of their
// partitions begins and ends; and that look whether what they were made from is whole.
#include <partita/plugin.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace {

std::string name_of(std::string_view asset, std::string_view key) {
  return std::string(asset) + "@" + std::string(key);
}

// Which command began the process that this runs in, where a test says so.
std::string command() {
  const char* number = std::getenv("LEDGER_COMMAND");
  return number != nullptr ? number : "0";
}

// One write: lines of several processes are not mixed.
void note(const char* what, const partita::Run& run) {
  const std::string line = std::string(what) + " " + std::string(run.run_id()) + " " + command() +
                           " " + name_of(run.asset(), run.partition()) + "\n";
  const int ledger = ::open("ledger", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  const bool written = ::write(ledger, line.data(), line.size()) > 0;
  ::close(ledger);
  if (!written) throw partita::Failed("cannot write the ledger");
}

// Two files, so that half an output can be told from a whole one.
constexpr const char* kFiles[] = {"first", "second"};

void write_output(const partita::Run& run) {
  for (const char* file : kFiles) {
    std::ofstream out(std::string(run.output_dir()) + "/" + file);
    out << name_of(run.asset(), run.partition());
    if (!out.flush()) throw partita::Failed(std::string("cannot write ") + file);
  }
}

void check_input(std::string_view asset, const partita::InputPartition& partition) {
  const std::string name = name_of(asset, partition.key());
  for (const char* file : kFiles) {
    std::ifstream in(partition.output_dir() + "/" + file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (text != name) throw partita::Failed("the output of " + name + " holds `" + text + "`");
  }
}

// Long enough for a kill to find it at work.
void work() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void make(partita::Run& run, const std::vector<const char*>& inputs) {
  note("begin", run);
  for (const char* input : inputs)
    for (const auto& partition : run.input(input)) check_input(input, partition);
  work();
  write_output(run);
  work();
  note("end", run);
}

std::vector<std::string> numbers(int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back(std::to_string(100 + i));
  return keys;
}

}  // namespace

PARTITA_PLUGIN(ledger, defs) {
  defs.asset("raw").group("ledger").partitioned_by(partita::keys(numbers(30))) =
      [](partita::Run& run) { make(run, {}); };
  defs.asset("refined").group("ledger").partitioned_by(partita::keys(numbers(30))).from("raw") =
      [](partita::Run& run) { make(run, {"raw"}); };
  defs.asset("summary").group("ledger").from("refined") = [](partita::Run& run) {
    make(run, {"refined"});
  };
  defs.asset("chain")
      .group("ledger")
      .daily("2024-01-01", "2024-01-21")
      .from("chain", partita::time_window(-1, -1).allow_missing()) = [](partita::Run& run) {
    make(run, {"chain"});
  };

  // Each tenth kills its process the first time, right after it has said that it ended.
  defs.asset("fragile").partitioned_by(partita::keys(numbers(60))) = [](partita::Run& run) {
    make(run, {});
    const std::string key(run.partition());
    if (key.back() != '0' || ::access(("crashed-" + key).c_str(), F_OK) == 0) return;
    std::ofstream("crashed-" + key) << "x";
    std::raise(SIGKILL);
  };
}
