#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "base/descriptor.hpp"
#include "service/dev_watch.hpp"
#include "service/held_signals.hpp"

namespace partita {
namespace {

std::string text_of(const Descriptor& file) {
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return {};
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  const ssize_t got = ::pread(file.get(), text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

// As a process group of its own, so that all of it can be ended. Its output goes to a file, not to
// a pipe: what it leaves running does not keep the end of it from being seen.
Result<pid_t> spawn_shell(const Settings& settings, const Descriptor& output) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, output.get(), 2);
  ::posix_spawn_file_actions_addchdir_np(&actions, settings.directory.c_str());
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  // This process ignores SIGPIPE; the commands of a pipeline must not.
  sigset_t ordinary;
  ::sigemptyset(&ordinary);
  ::sigaddset(&ordinary, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &ordinary);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  std::string shell = "sh", option = "-c", command = settings.build;
  char* words[] = {shell.data(), option.data(), command.data(), nullptr};
  pid_t child = -1;
  const int failed = ::posix_spawn(&child, "/bin/sh", &actions, &attributes, words, environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return io_error(fmt::format("start /bin/sh: {}", std::strerror(failed)));
  return child;
}

int wait_for_build(pid_t child, const std::atomic<int>& interrupts) {
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  int status = 0;
  int seen = 0;
  const HeldSignals held;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (const int count = interrupts; count > seen) {
      ::kill(-child, count > 1 ? SIGKILL : SIGTERM);
      seen = count;
    }
    pollfd item{process.get(), POLLIN, 0};
    held.wait(&item, 1, -1);
  }
  // What the shell has started may not have heard.
  if (seen > 0) ::kill(-child, SIGKILL);
  return status;
}

}  // namespace

Result<BuildOutcome> run_build(const Settings& settings, const std::atomic<int>& interrupts) {
  const Descriptor output(::memfd_create("partita-build", MFD_CLOEXEC));
  Result<pid_t> child = spawn_shell(settings, output);
  if (!child) return std::move(child).error();
  const int status = wait_for_build(*child, interrupts);
  BuildOutcome outcome;
  outcome.interrupted = interrupts > 0;
  outcome.ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!outcome.ok) outcome.output = text_of(output);
  return outcome;
}

}  // namespace partita
