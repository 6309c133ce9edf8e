#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "base/descriptor.hpp"
#include "base/text.hpp"
#include "service/dev_socket.hpp"
#include "service/file_lock.hpp"
#include "service/health_checks.hpp"
#include "service/leases.hpp"

namespace partita {
namespace {

constexpr std::size_t kMostNamed = 3;

std::vector<Path> entries_of(const Path& directory) {
  std::vector<Path> entries;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(directory, failed), end; !failed && at != end;
       at.increment(failed))
    entries.push_back(at->path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

// Of a run that lives, by the number that its name begins with.
bool is_of_live_run(const Settings& settings, const Path& path) {
  return has_lease(settings, std::strtoll(path.filename().c_str(), nullptr, 10));
}

void check_dev(const Settings& settings, HealthChecks& checks) {
  if (!dev_is_running(settings.state)) return checks.ok("dev", "no `partita dev` runs");
  checks.ok("dev", fmt::format("process {} takes over definitions as they change",
                               FileLock::holder(settings.state / "dev.lock")));
}

void check_admission(const Settings& settings, HealthChecks& checks) {
  const Path file = admission_file(settings);
  if (!FileLock::is_held(file)) return;
  checks.ok("locks_held",
            fmt::format("process {} begins a run, or changes the store", FileLock::holder(file)));
}

// What only a process that died leaves, and what removes it.
std::vector<Path> left_behind(const Settings& settings) {
  std::vector<Path> left;
  for (const char* name : {"staging", "tmp", "runs"}) {
    for (const Path& path : entries_of(settings.state / name)) {
      if (!is_of_live_run(settings, path)) left.push_back(path);
    }
  }
  return left;
}

// A directory is locked as soon as it is made, but not in the same moment.
constexpr auto kLongAgo = std::chrono::seconds(5);

bool was_left(const Path& probe) {
  std::error_code failed;
  const auto made = std::filesystem::last_write_time(probe, failed);
  if (failed || std::filesystem::file_time_type::clock::now() - made < kLongAgo) return false;
  const Descriptor directory(::open(probe.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory.is_open() && ::flock(directory.get(), LOCK_EX | LOCK_NB) == 0;
}

// Of an earlier `doctor` that was killed.
std::vector<Path> probes_left(const Settings& settings) {
  std::vector<Path> left;
  const auto add = [&](const Path& directory, const char* prefix) {
    for (const Path& path : entries_of(directory)) {
      if (path.filename().string().starts_with(prefix) && was_left(path)) left.push_back(path);
    }
  };
  add(settings.state, kProbeInState);
  add(settings.directory, kProbeInProject);
  return left;
}

std::string named(const std::vector<Path>& paths, const Settings& settings) {
  std::vector<std::string> names;
  std::int64_t bytes = 0;
  for (const Path& path : paths) {
    if (names.size() < kMostNamed)
      names.push_back(path.lexically_relative(settings.directory).string());
    bytes += size_of_tree(path);
  }
  const std::string more = paths.size() > kMostNamed ? ", ..." : "";
  return fmt::format("{}{}, {}", join(names, ", "), more, format_size(bytes));
}

void sweep(const std::vector<Path>& probes, const Settings& settings, HealthChecks& checks) {
  const std::string names = named(probes, settings);
  for (const Path& probe : probes) {
    if (Status removed = remove_tree(probe); !removed)
      return checks.problem("leftovers", removed.error());
  }
  checks.ok("leftovers", "removed, of an earlier doctor that was killed: " + names);
}

void check_leftovers(const Settings& settings, HealthChecks& checks) {
  const std::vector<Path> swept = left_behind(settings), probes = probes_left(settings);
  const Path check = settings.state / "check";
  std::error_code failed;
  const bool checked = std::filesystem::exists(check, failed);
  if (!swept.empty())
    checks.warn("leftovers", "of a process that died: " + named(swept, settings),
                "the next command sweeps them");
  if (checked)
    checks.warn("leftovers",
                "of a `db check` that goes on or was killed: " + named({check}, settings),
                "the next `partita db check` removes it");
  if (!probes.empty()) sweep(probes, settings, checks);
  if (swept.empty() && !checked && probes.empty()) checks.ok("leftovers", "none");
}

}  // namespace

std::int64_t size_of_tree(const Path& root) {
  std::int64_t bytes = 0;
  std::error_code failed;
  const auto add = [&](const Path& file) {
    std::error_code unknown;
    const auto size = std::filesystem::file_size(file, unknown);
    if (!unknown) bytes += static_cast<std::int64_t>(size);
  };
  if (!std::filesystem::is_directory(root, failed)) add(root);
  for (std::filesystem::recursive_directory_iterator at(root, failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code unknown;
    if (at->is_regular_file(unknown)) add(at->path());
  }
  return bytes;
}

void check_state_directory(const Settings& settings, HealthChecks& checks) {
  std::error_code failed;
  if (!std::filesystem::exists(settings.state, failed)) return check_leftovers(settings, checks);
  check_dev(settings, checks);
  check_admission(settings, checks);
  check_leftovers(settings, checks);
}

}  // namespace partita
