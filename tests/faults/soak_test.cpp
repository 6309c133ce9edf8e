// One process that reloads, runs and cancels without end, as `partita dev` does: in what it holds
// of memory, descriptors and processes nothing grows.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>

#include <cstdlib>
#include <fstream>

#include "service/project.hpp"
#include "service/zygote_roles.hpp"
#include "support/own_process.hpp"
#include "support/quiet_listener.hpp"

using namespace partita;

namespace {

constexpr const char* kHundred = "2000-01-01-01:39";
constexpr int kWarmUp = 15;
constexpr int kRounds = 25;
constexpr std::int64_t kGrowth = 1 << 20;
constexpr int kLongestMillis = 60'000;

// Counts, and interrupts the run when so many have finished.
class Listener final : public tests::QuietListener {
 public:
  explicit Listener(int most = -1) : most_(most) {}
  void finished(const Partition&, const AttemptView&) override {
    if (++count_ == most_) interrupts = 1;
  }

  std::atomic<int> interrupts = 0;

 private:
  int most_;
  int count_ = 0;
};

struct Held {
  std::int64_t bytes = 0;
  std::ptrdiff_t descriptors = 0;
  std::ptrdiff_t zygote_descriptors = 0;
};

class Soak {
 public:
  explicit Soak(Zygote* zygote)
      : zygote_(zygote), directory_(*make_temporary_directory("partita-soak-")) {
    REQUIRE(make_directories(directory_ / "definitions"));
    REQUIRE(write_file(directory_ / "partita.toml", "definitions = [\"definitions\"]\n"));
    publish("trivial", "trivial");
  }
  ~Soak() { (void)remove_tree(directory_); }
  Soak(const Soak&) = delete;
  Soak& operator=(const Soak&) = delete;

  // Another version of a plugin is taken over, a hundred partitions run, a hundred are cancelled.
  void round() {
    publish(fmt::format("versions_{}", 1 + ++rounds_ % 2), "versions");
    ProjectOptions options;
    options.directory = directory_;
    options.zygote = zygote_;
    auto project = Project::open(options);
    REQUIRE_MESSAGE(project, (project ? "" : project.error().message));
    REQUIRE((*project)->reload(false));
    Listener whole;
    CHECK(run(**project, "nothing", whole) == "success");
    Listener cut(10);
    CHECK(run(**project, "working", cut) == "cancelled");
    REQUIRE((*project)->status());
  }

  int rounds() const { return rounds_; }

 private:
  void publish(const std::string& plugin, const std::string& as) const {
    const Path target = directory_ / "definitions" / (as + ".so");
    const Path staged = directory_ / "staged.so";
    std::filesystem::copy_file(Path(PARTITA_BINARY_DIR) / "plugins" / (plugin + ".so"), staged);
    std::filesystem::rename(staged, target);
  }

  static std::string run(Project& project, const char* asset, Listener& listener) {
    MaterializeRequest request;
    request.selection = fmt::format("{}@..{}", asset, kHundred);
    request.jobs = 2;
    request.interrupts = &listener.interrupts;
    const auto view = project.materialize(request, listener);
    REQUIRE_MESSAGE(view, (view ? "" : view.error().message));
    return view->result;
  }

  Zygote* zygote_;
  Path directory_;
  int rounds_ = 0;
};

pid_t first_child_of(pid_t pid) {
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", pid));
  pid_t child = 0;
  children >> child;
  return child;
}

std::ptrdiff_t descriptors_of(pid_t pid) {
  const std::filesystem::directory_iterator entries(fmt::format("/proc/{}/fd", pid));
  return std::distance(begin(entries), end(entries));
}

// The zygote closes what it has for a child once it has seen its end.
std::ptrdiff_t settled_descriptors_of(pid_t zygote, std::ptrdiff_t expected) {
  std::ptrdiff_t count = descriptors_of(zygote);
  for (int waited = 0; waited < kLongestMillis && count > expected; ++waited) {
    ::poll(nullptr, 0, 1);
    count = descriptors_of(zygote);
  }
  return count;
}

Held held(pid_t zygote, std::ptrdiff_t zygote_descriptors) {
  return {tests::resident_bytes(), tests::open_descriptors(),
          settled_descriptors_of(zygote, zygote_descriptors)};
}

bool is_over(int rounds, std::int64_t begun) {
  const char* asked = std::getenv("PARTITA_SOAK_SECONDS");
  if (asked == nullptr) return rounds >= kRounds;
  return system_clock().monotonic_micros() - begun > std::atoll(asked) * 1'000'000;
}

}  // namespace

TEST_CASE("a process that reloads, runs and cancels holds no more in the end than at first") {
  auto zygote = start_zygote();
  REQUIRE(zygote);
  const pid_t zygote_pid = first_child_of(::getpid());
  const std::ptrdiff_t at_rest = descriptors_of(zygote_pid);
  Soak soak(zygote->get());
  for (int i = 0; i < kWarmUp; ++i) soak.round();
  const Held first = held(zygote_pid, at_rest);
  const std::int64_t begun = system_clock().monotonic_micros();
  while (!is_over(soak.rounds() - kWarmUp, begun)) soak.round();
  const Held last = held(zygote_pid, first.zygote_descriptors);
  const int rounds = soak.rounds() - kWarmUp;
  MESSAGE(rounds, " rounds of a reload and 200 partitions: memory ", first.bytes / 1024,
          " KB, then ", last.bytes / 1024, "; descriptors ", first.descriptors, ", then ",
          last.descriptors, "; of the zygote ", first.zygote_descriptors, ", then ",
          last.zygote_descriptors);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(last.bytes - first.bytes < kGrowth);
#endif
  CHECK(last.descriptors == first.descriptors);
  CHECK(last.zygote_descriptors <= first.zygote_descriptors);
}
