#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "project.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;

namespace {

constexpr int kPerCommit = 3;

std::string identity_of(int commit, int i) {
  return fmt::format("commit {} part {}", commit, i);
}

// Records and writes a byte for every commit, until it is killed.
[[noreturn]] void record_for_ever(const Path& file, const Clock& clock, RunId run, int first,
                                  int pipe) {
  auto store = Store::open(file, clock);
  for (int commit = first; store; ++commit) {
    std::vector<AttemptRecord> attempts;
    for (int i = 0; i < kPerCommit; ++i)
      attempts.push_back(attempt_at("a", identity_of(commit, i)));
    if (!(*store)->record(run, attempts) || write(pipe, "x", 1) != 1) break;
  }
  _exit(1);
}

int kill_after(int acknowledged, pid_t child, int pipe) {
  int seen = 0;
  char byte = 0;
  while (seen < acknowledged && read(pipe, &byte, 1) == 1) ++seen;
  kill(child, SIGKILL);
  while (read(pipe, &byte, 1) == 1) ++seen;
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  return seen;
}

}  // namespace

TEST_CASE("whatever was acknowledged is there after kill -9, and commits are whole") {
  Project project;
  const RunId run = project.begin_run();
  project.close();
  std::mt19937 random(7);
  int next = 0;
  for (int round = 0; round < 30; ++round) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) record_for_ever(project.file(), project.clock(), run, next, ends[1]);
    close(ends[1]);
    const int acknowledged = kill_after(static_cast<int>(random() % 8), child, ends[0]);
    close(ends[0]);
    project.reopen();
    for (int commit = next; commit < next + acknowledged; ++commit) {
      for (int i = 0; i < kPerCommit; ++i) {
        const auto state = project->state("a", identity_of(commit, i));
        REQUIRE(state);
        REQUIRE(state->has_value());
        REQUIRE((*state)->materialized);
      }
    }
    next += acknowledged;
    // At most the commit that was under way when it was killed may be there as well.
    const auto more = project->state("a", identity_of(next, 0));
    REQUIRE(more);
    for (int i = 1; i < kPerCommit; ++i) {
      CHECK(project->state("a", identity_of(next, i))->has_value() == more->has_value());
    }
    CHECK_FALSE(project->state("a", identity_of(next + 1, 0))->has_value());
    if (*more) ++next;
    project.close();
  }
  project.reopen();
  CHECK(project->run(run)->counts.front().second == next * kPerCommit);
}

TEST_CASE("several processes record at once and lose nothing") {
  Project project;
  const RunId run = project.begin_run();
  project.close();
  constexpr int kWriters = 3;
  constexpr int kCommits = 20;
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t child = fork();
    if (child == 0) {
      auto store = Store::open(project.file(), project.clock());
      bool ok = store.has_value();
      for (int commit = 0; ok && commit < kCommits; ++commit) {
        const std::vector<AttemptRecord> attempts = {
            attempt_at(fmt::format("asset {}", writer), identity_of(commit, 0)),
            attempt_at("shared", identity_of(commit, writer))};
        ok = (*store)->record(run, attempts).has_value();
      }
      _exit(ok ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  project.reopen();
  int states = 0;
  REQUIRE(project->for_each_state("shared", [&](const PartitionState&) { ++states; }));
  CHECK(states == kWriters * kCommits);
  CHECK(project->run(run)->counts.front().second == 2 * kWriters * kCommits);
}

TEST_CASE("a new store may be made by several processes at once") {
  Project project;
  const Path file = project.directory() / "new.db";
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      auto store = Store::open(file, project.clock());
      _exit(store && (*store)->begin_run({}) ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  auto store = Store::open(file, project.clock());
  REQUIRE(store);
  CHECK((*store)->runs(10)->size() == 4);
}
