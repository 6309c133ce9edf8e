#include "base/zygote.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <set>
#include <thread>
#include <vector>

#include "base/files.hpp"
#include "base/framing.hpp"

using namespace partita;

namespace {

// Ends after a time no test comes near, so that a defect leaves nothing behind.
[[noreturn]] void linger() {
  ::alarm(60);
  for (;;) ::pause();
}

int echo(int channel, std::string_view argument) {
  const auto frame = read_frame(channel);
  if (!frame || !*frame) return 9;
  return write_frame(channel, std::string(argument) + **frame) ? 0 : 9;
}

int crash(int, std::string_view) {
  std::signal(SIGSEGV, SIG_DFL);  // the sanitizers have one of their own
  std::raise(SIGSEGV);
  return 0;
}

// Leaves a process in a session of its own, and says its number.
int leave_daemon(int channel, std::string_view argument) {
  const pid_t middle = ::fork();
  if (middle == 0) {
    ::setsid();
    const pid_t daemon = ::fork();
    if (daemon == 0) linger();
    (void)write_frame(channel, std::to_string(daemon));
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(middle, &status, 0);
  if (argument == "stay") linger();
  return 0;
}

int describe(int channel, std::string_view) {
  std::string open;
  for (int fd = 0; fd < 4096; ++fd) {
    if (fd != channel && ::fcntl(fd, F_GETFD) >= 0) open += fmt::format("{} ", fd);
  }
  struct sigaction interrupt{};
  ::sigaction(SIGINT, nullptr, &interrupt);
  sigset_t mask;
  ::sigprocmask(SIG_BLOCK, nullptr, &mask);
  const bool clean = sigismember(&mask, SIGTERM) == 0 && sigismember(&mask, SIGCHLD) == 0;
  char byte = 0;
  const bool no_input = ::read(0, &byte, 1) == 0;
  return write_frame(channel,
                     fmt::format("open {}| sigint {} | mask {} | stdin {}", open,
                                 interrupt.sa_handler == SIG_IGN ? "ignored" : "taken",
                                 clean ? "empty" : "not empty", no_input ? "empty" : "not empty"))
             ? 0
             : 1;
}

std::unique_ptr<Zygote> start_zygote() {
  auto zygote = Zygote::start({
      {"echo", echo},
      {"exit", [](int, std::string_view code) { return std::atoi(std::string(code).c_str()); }},
      {"crash", crash},
      {"linger", [](int, std::string_view) -> int { linger(); }},
      {"daemon", leave_daemon},
      {"describe", describe},
      {"print",
       [](int, std::string_view text) {
         std::printf("%s", std::string(text).c_str());
         return 0;
       }},
  });
  REQUIRE(zygote);
  return std::move(*zygote);
}

std::string answer(const Child& child) {
  const auto frame = read_frame(child.channel());
  REQUIRE(frame);
  REQUIRE(frame->has_value());
  return **frame;
}

// Of a process that is nobody's child here. A minute is far more than it takes.
bool ends(int pidfd) {
  pollfd item{pidfd, POLLIN, 0};
  return ::poll(&item, 1, 60'000) == 1;
}

Descriptor open_pidfd(const std::string& pid) {
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, std::atoi(pid.c_str()), 0)));
}

}  // namespace

TEST_CASE("a child plays its role with its argument, over its channel") {
  const auto zygote = start_zygote();
  auto child = zygote->spawn("echo", "hello ");
  REQUIRE(child);
  REQUIRE(write_frame(child->channel(), "world"));
  CHECK(answer(*child) == "hello world");
  const auto status = child->wait();
  REQUIRE(status);
  CHECK(status->ok());
  CHECK(status->max_rss_kib > 0);
}

TEST_CASE("the exit code or the signal of a child is told, once and again") {
  const auto zygote = start_zygote();
  auto seven = zygote->spawn("exit", "7");
  auto crashed = zygote->spawn("crash", "");
  REQUIRE(seven);
  REQUIRE(crashed);
  CHECK(seven->wait()->code == 7);
  CHECK(seven->wait()->code == 7);
  CHECK(seven->wait()->signal == 0);
  CHECK(crashed->wait()->signal == SIGSEGV);
}

TEST_CASE("waiting for a child that runs on ends at the time limit, and killing it ends it") {
  const auto zygote = start_zygote();
  auto child = zygote->spawn("linger", "");
  REQUIRE(child);
  CHECK_FALSE(child->wait(0).has_value());
  CHECK_FALSE(child->wait(1).has_value());
  child->kill(SIGKILL);
  CHECK(child->wait()->signal == SIGKILL);
}

TEST_CASE("a child ends with its handle") {
  const auto zygote = start_zygote();
  Descriptor pidfd;
  {
    auto child = zygote->spawn("linger", "");
    REQUIRE(child);
    pidfd = open_pidfd(std::to_string(child->pid()));
  }
  CHECK(ends(pidfd.get()));
}

TEST_CASE("children end with their zygote") {
  auto zygote = start_zygote();
  auto child = zygote->spawn("linger", "");
  REQUIRE(child);
  zygote.reset();
  CHECK(child->wait()->signal == SIGKILL);
}

TEST_CASE("a daemon that a child left behind ends with the child") {
  const auto zygote = start_zygote();
  auto child = zygote->spawn("daemon", "");
  REQUIRE(child);
  const Descriptor daemon = open_pidfd(answer(*child));
  CHECK(child->wait()->ok());
  CHECK((!daemon.is_open() || ends(daemon.get())));
}

TEST_CASE("a daemon of a child that still runs is left alone, and ends with the zygote") {
  auto zygote = start_zygote();
  auto child = zygote->spawn("daemon", "stay");
  REQUIRE(child);
  const Descriptor daemon = open_pidfd(answer(*child));
  CHECK(zygote->spawn("exit", "0")->wait()->ok());
  CHECK(zygote->spawn("exit", "0")->wait()->ok());
  pollfd item{daemon.get(), POLLIN, 0};
  CHECK(::poll(&item, 1, 0) == 0);
  zygote.reset();
  CHECK(ends(daemon.get()));
}

TEST_CASE("a child has its standard streams and its channel, and clean signals") {
  const auto zygote = start_zygote();
  auto child = zygote->spawn("describe", "");
  REQUIRE(child);
  CHECK(answer(*child) == "open 0 1 2 | sigint ignored | mask empty | stdin empty");
}

TEST_CASE("standard output goes where spawn says, flushed at the end") {
  const auto zygote = start_zygote();
  const auto directory = make_temporary_directory("partita-zygote-");
  REQUIRE(directory);
  const Path file = *directory / "out";
  const Descriptor output(::open(file.c_str(), O_WRONLY | O_CREAT, 0600));
  auto child = zygote->spawn("print", "printed", output.get());
  REQUIRE(child);
  CHECK(child->wait()->ok());
  CHECK(read_file(file).value() == "printed");
  CHECK(remove_tree(*directory));
}

TEST_CASE("an unknown role and an argument that is too long are refused") {
  const auto zygote = start_zygote();
  CHECK(zygote->spawn("juggle", "").error().message ==
        "start a process for `juggle`: no such role");
  CHECK(zygote->spawn("echo", std::string(70'000, 'x')).error().message ==
        "start a process for `echo`: argument of 70000 bytes");
}

TEST_CASE("many threads spawn at once") {
  const auto zygote = start_zygote();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        auto child = zygote->spawn("exit", std::to_string(10 * t + i));
        const auto status = child ? child->wait() : std::nullopt;
        CHECK((status && status->code == 10 * t + i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}
