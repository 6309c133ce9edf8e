// Assets that say how they are run: retries, limits, isolation, batches.
#include <partita/plugin.hpp>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

std::vector<std::string> numbers(int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back(std::to_string(1000 + i));
  return keys;
}

void idle(int turns) {
  for (int i = 0; i < turns; ++i) asm volatile("");
}

[[noreturn]] void loop_for_ever() {
  for (;;) idle(1000);
}

void block_termination() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

void overrun(partita::Run& run) {
  const std::string how(run.partition());
  if (how == "in_time") return;
  std::printf("still here\n");
  if (how == "blocks") block_termination();
  loop_for_ever();
}

void allocate(partita::Run& run) {
  const std::size_t bytes = run.partition() == "hungry" ? std::size_t{1} << 30U : 1U << 20U;
  const std::string memory(bytes, 'x');
  run.metadata("bytes", static_cast<std::int64_t>(memory.size()));
}

// Fails where another is at it.
void hold_alone(partita::Run& run) {
  const int fd = ::open("alone", O_CREAT | O_EXCL | O_WRONLY, 0600);
  if (fd < 0) run.fail("another one runs");
  idle(1'000'000);
  ::close(fd);
  ::unlink("alone");
}

void at_most_two_of_a_region(partita::Run& run) {
  const std::string name = "running-" + std::string(run.key("region"));
  const std::string own = name + "-" + std::string(run.key("day"));
  std::ofstream(own) << "x";
  int others = 0;
  for (int day = 0; day < 6; ++day)
    others += ::access((name + "-" + std::to_string(1000 + day)).c_str(), F_OK) == 0 ? 1 : 0;
  idle(300'000);
  ::unlink(own.c_str());
  if (others > 2) run.fail(std::to_string(others) + " at once");
}

void batch(partita::Run& run) {
  std::string keys;
  for (const auto& day : run.partitions())
    keys += (keys.empty() ? "" : " ") + std::string(day.key());
  std::ofstream("calls.txt", std::ios::app) << keys << "\n";
  run.metadata("size", static_cast<std::int64_t>(run.partitions().size()));
  for (const auto& day : run.partitions()) {
    const std::string key(day.key());
    const bool first = run.attempt() == 1;
    if (key == "2024-01-04") run.skip(day, "a holiday");
    if (key == "2024-01-05") run.fail(day, "no rows");
    if (key == "2024-01-09" && first) std::abort();
    if (key == "2024-01-02" || key == "2024-01-08") {
      std::ofstream(run.output_dir(day) + "/day.txt") << key;
      std::printf("made %s\n", key.c_str());
      run.commit(day, {{"day", key}}, "v-" + key);
    }
  }
}

// The third fails, at first or always; the rest is left undecided.
void carry_forward(partita::Run& run) {
  for (const auto& day : run.partitions())
    if (day.key() == "2024-01-03" && (run.attempt() == 1 || run.asset() == "carried"))
      run.fail(day, "no rows");
}

// Each day is one more than the day before.
void count_up(partita::Run& run) {
  for (const auto& day : run.partitions()) {
    std::int64_t sum = 1;
    for (const auto& before : run.input(run.asset(), day))
      sum += before.materialized() ? before.metadata<std::int64_t>("sum").value_or(0) : 0;
    run.commit(day, {{"sum", sum}});
  }
}

// Commits what reads a day that it has failed.
void carry_on(partita::Run& run) {
  std::string refused;
  for (const auto& day : run.partitions()) {
    if (day.key() == "2024-01-03") {
      run.fail(day, "no rows");
    } else if (!run.commit(day)) {
      refused += std::string(day.key()) + " ";
    }
  }
  std::ofstream("refused") << refused;
}

}  // namespace

PARTITA_PLUGIN(policies, defs) {
  defs.asset("flaky").keys({"a", "b"}).retry(partita::retries(3)) = [](partita::Run& run) {
    if (run.partition() == "b" && run.attempt() < 3) run.fail("not yet");
    run.metadata("attempt", run.attempt());
  };
  defs.asset("after_flaky").keys({"a", "b"}).from("flaky") = [](partita::Run&) {};
  defs.asset("hopeless").retry(partita::retries(2).delay(0.001)) = [](partita::Run& run) {
    run.log("trying " + std::to_string(run.attempt()));
    run.fail("attempt " + std::to_string(run.attempt()));
  };
  defs.asset("crashes_at_first").retry(partita::retries(1)) = [](partita::Run& run) {
    if (run.attempt() == 1) std::abort();
  };
  defs.asset("asks") = [](partita::Run& run) { run.retry("try " + std::to_string(run.attempt())); };
  defs.asset("waits_long").keys({"a"}).retry(partita::retries(1).delay(100'000)) =
      [](partita::Run& run) {
        std::ofstream("failed") << "x";
        run.fail("later, maybe");
      };

  defs.asset("overruns").keys({"in_time", "loops", "blocks"}).time_limit(0.3) = overrun;
  defs.asset("allocates").keys({"modest", "hungry"}).memory_limit(64 * partita::MiB) = allocate;
  defs.asset("burns").cpu_limit(1) = [](partita::Run&) { loop_for_ever(); };
  defs.asset("own_process").keys(numbers(4)).isolation(partita::Isolation::partition) =
      [](partita::Run& run) { run.metadata("pid", static_cast<std::int64_t>(::getpid())); };
  defs.asset("in_worker").isolation(partita::Isolation::worker) = [](partita::Run& run) {
    run.metadata("pid", static_cast<std::int64_t>(::getpid()));
  };
  defs.asset("anywhere") = [](partita::Run& run) {
    run.metadata("pid", static_cast<std::int64_t>(::getpid()));
  };
  defs.asset("alone").keys(numbers(20)).exclusive() = hold_alone;
  defs.asset("doomed").keys(numbers(100)) = [](partita::Run&) { std::abort(); };
  defs.asset("after_doomed").keys(numbers(100)).from("doomed") = [](partita::Run&) {};
  defs.asset("grid")
      .by("day", partita::keys(numbers(6)))
      .by("region", partita::keys({"eu", "us"})) = at_most_two_of_a_region;

  defs.asset("elsewhere").keys({"a", "b"}).external();
  defs.asset("uses_elsewhere").keys({"a", "b"}).from("elsewhere") = [](partita::Run&) {};

  defs.asset("batched").daily("2024-01-01", "2024-01-13").batch(5).retry(partita::retries(1)) =
      batch;
  defs.asset("after_batched").daily("2024-01-01", "2024-01-13").from("batched") =
      [](partita::Run&) {};
  defs.check("holds").on("batched").blocking() = [](partita::Run& run) {
    return partita::passed(run.partition() != "2024-01-12").because("never on a 12th");
  };
  const auto day_before = partita::time_window(-1, -1).allow_missing();
  defs.asset("carried").daily("2024-01-01", "2024-01-08").from("carried", day_before).batch(5) =
      carry_forward;
  defs.asset("after_carried").daily("2024-01-01", "2024-01-08").from("carried") =
      [](partita::Run&) {};
  defs.asset("carried_again")
      .daily("2024-01-01", "2024-01-08")
      .from("carried_again", day_before)
      .single_run()
      .retry(partita::retries(1)) = carry_forward;
  defs.asset("crash_together").keys({"a", "b", "c"}).batch(3) = [](partita::Run& run) {
    run.log("all at once");
    std::abort();
  };
  defs.asset("counted").daily("2024-01-01", "2024-01-07").from("counted", day_before).batch(10) =
      count_up;
  defs.asset("carried_on")
      .daily("2024-01-01", "2024-01-06")
      .from("carried_on", day_before)
      .batch(9) = carry_on;
  defs.asset("fails_late").keys({"a", "b"}).batch(2) = [](partita::Run& run) {
    for (const auto& one : run.partitions()) run.commit(one);
    throw partita::Failed("cannot close the file");
  };
  defs.asset("in_one_go")
      .daily("2024-01-01", "2024-01-11")
      .from("in_one_go", day_before)
      .single_run() = [](partita::Run& run) {
    for (const auto& day : run.partitions())
      run.commit(day, {{"inputs", static_cast<std::int64_t>(run.input("in_one_go", day).size())},
                       {"calls", static_cast<std::int64_t>(run.partitions().size())}});
  };
}
