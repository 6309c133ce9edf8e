// A plugin whose assets a test draws: it writes them over the text that the file of the plugin
// begins with, a line each, and says in files how each attempt at a partition ends.
#include <partita/plugin.hpp>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

// NAME KIND LETTERS CODE-VERSION RETRIES UPSTREAM:MAPPING...
volatile char drawing[8192] = "partita drawing\n";

std::string drawn() {
  std::string text;
  for (const volatile char& c : drawing) text += c;
  return text.substr(0, text.find('\0'));
}

std::string name_of(const partita::Run& run) {
  std::string name(run.asset());
  if (!run.partition().empty()) name += "@" + std::string(run.partition());
  return name;
}

// One write: lines of several processes are not mixed.
void note(const char* what, const partita::Run& run) {
  const std::string line = std::string(what) + " " + name_of(run) + "\n";
  const int journal = ::open("journal", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  const bool written = ::write(journal, line.data(), line.size()) > 0;
  ::close(journal);
  if (!written) throw partita::Failed("cannot write the journal");
}

std::string first_line(const std::string& file) {
  std::string line;
  std::ifstream in(file);
  std::getline(in, line);
  return line;
}

// The test says who it is once it has started it.
void signal_host(int signal, const partita::Run& run) {
  std::string pid;
  while ((pid = first_line("host")).empty()) run.throw_if_cancelled();
  ::kill(std::atoi(pid.c_str()), signal);
}

void make(partita::Run& run) {
  note("begin", run);
  const std::string fate = first_line("fate-" + name_of(run));
  if (fate == "fail") run.fail("as was drawn");
  if (fate == "flaky" && run.attempt() == 1) run.fail("the first time, as was drawn");
  if (fate == "crash") std::abort();
  if (fate == "skip") run.skip("as was drawn");
  if (fate == "kill") signal_host(SIGKILL, run);
  if (fate == "interrupt") signal_host(SIGINT, run);
  if (const std::string version = first_line("version-" + name_of(run)); !version.empty())
    run.data_version(version);
  note("end", run);
}

void partition(partita::Asset& asset, const std::string& kind, int letters) {
  std::vector<std::string> keys;
  for (int i = 0; i < letters; ++i) keys.push_back(std::string(1, static_cast<char>('a' + i)));
  if (kind == "letters") asset.keys(keys);
  if (kind == "days") asset.daily("2024-01-01", "2024-01-05");
  if (kind == "grid") {
    asset.by("day", partita::daily("2024-01-01").until("2024-01-05"));
    asset.by("letter", partita::keys(keys));
  }
}

partita::Mapping mapping(const std::string& name) {
  if (name == "all") return partita::all();
  if (name == "before") return partita::time_window(-1, -1).allow_missing();
  return {};
}

void declare(partita::Definitions& defs, const std::string& line) {
  std::istringstream words(line);
  std::string name, kind, version, dependency;
  int letters = 0, retries = 0;
  words >> name >> kind >> letters >> version >> retries;
  partita::Asset& asset = defs.asset(name);
  partition(asset, kind, letters);
  if (version != "-") asset.code_version(version);
  if (retries > 0) asset.retry(partita::retries(retries).delay(0));
  while (words >> dependency) {
    const std::size_t colon = dependency.find(':');
    asset.from(dependency.substr(0, colon), mapping(dependency.substr(colon + 1)));
  }
  asset = make;
}

}  // namespace

PARTITA_PLUGIN(drawn, defs) {
  std::istringstream lines(drawn());
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) declare(defs, line);
}
