#include "plugin/crash_report.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <thread>

#include "base/descriptor.hpp"

using namespace partita;

namespace {

// Not to address 0, where a sanitizer may have something.
void* const kNowhere = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

__attribute__((noinline)) void write_to_nowhere() {
  *static_cast<volatile int*>(kNowhere) = 1;
}

__attribute__((noinline)) int deeper(const volatile int* above) {
  volatile int here[64] = {*above};
  return here[0] < 0 ? 0 : deeper(here) + here[1];
}

__attribute__((noinline)) void overflow() {
  const volatile int top = 1;
  if (deeper(&top) == 1) std::abort();
}

struct Crash {
  int signal = 0;
  Result<CrashReport> report;
};

Crash crash_in_child(const std::function<void()>& crash) {
  const Descriptor file(::memfd_create("crash", MFD_CLOEXEC));
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(STDERR_FILENO);
    install_crash_report(file.get());
    crash();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return {WIFSIGNALED(status) ? WTERMSIG(status) : 0, CrashReader().read(file.get())};
}

}  // namespace

TEST_CASE("a segmentation fault is told with its address and frames, and still ends the process") {
  const Crash crash = crash_in_child(write_to_nowhere);
  CHECK(crash.signal == SIGSEGV);
  REQUIRE(crash.report);
  CHECK(crash.report->signal == SIGSEGV);
  CHECK(crash.report->message == fmt::format("at address {}", kNowhere));
  REQUIRE_FALSE(crash.report->frames.empty());
  CHECK(crash.report->frames[0].function.find("write_to_nowhere()") != std::string::npos);
  CHECK(crash.report->frames[0].module.ends_with("/unit_plugin"));
  CHECK(format_backtrace(*crash.report).starts_with("#0 unit_plugin+0x"));
}

TEST_CASE("an overflow of the stack is told, of any thread that has a stack to tell it from") {
  SUBCASE("the main thread") {
    const Crash crash = crash_in_child(overflow);
    CHECK(crash.signal == SIGSEGV);
    REQUIRE(crash.report);
    CHECK(crash.report->message == "stack overflow");
  }
  SUBCASE("another") {
    const Crash crash = crash_in_child([] {
      std::thread([] {
        install_crash_stack();
        overflow();
      }).join();
    });
    REQUIRE(crash.report);
    CHECK(crash.report->message == "stack overflow");
  }
}

TEST_CASE("an exception that nobody caught is told with its type and text") {
  const auto refuse = [] { throw std::out_of_range("row 7 of 3"); };
  const Crash crash = crash_in_child([&]() noexcept { refuse(); });
  CHECK(crash.signal == SIGABRT);
  REQUIRE(crash.report);
  CHECK(crash.report->exception_type == "std::out_of_range");
  CHECK(crash.report->message == "row 7 of 3");
  CHECK_FALSE(crash.report->frames.empty());
}

TEST_CASE("a plain abort has no exception") {
  const Crash crash = crash_in_child([] { std::abort(); });
  CHECK(crash.signal == SIGABRT);
  REQUIRE(crash.report);
  CHECK(crash.report->exception_type.empty());
  CHECK(crash.report->message.empty());
}

TEST_CASE("without a crash there is no report") {
  const Crash crash = crash_in_child([] {});
  CHECK(crash.signal == 0);
  CHECK(crash.report.error().code == ErrorCode::not_found);
}

TEST_CASE("a record that was tampered with is no crash of the reader") {
  const Descriptor file(::memfd_create("crash", MFD_CLOEXEC));
  const std::string junk(5000, '\x7f');
  REQUIRE(::write(file.get(), junk.data(), junk.size()) == 5000);
  CHECK_FALSE(CrashReader().read(file.get()));
}

TEST_CASE("a backtrace ends with the plugin's own code: what called it is left out") {
  CrashReport report;
  report.frames = {
      {"/store/shop.so", 0x10, "partita::detail::view(partita_str)"},
      {"/store/shop.so", 0x20, "orders(partita::detail::Callable&)"},
      {"/store/shop.so", 0x30, "int partita::detail::guard<int>(partita::detail::FailSink const&)"},
      {"/store/shop.so", 0x40, "partita::detail::define(partita_registrar const*)"},
  };
  CHECK(format_backtrace(report) ==
        "#0 shop.so+0x10 in partita::detail::view(partita_str)\n"
        "#1 shop.so+0x20 in orders(partita::detail::Callable&)\n");
  report.frames.erase(report.frames.begin(), report.frames.begin() + 2);
  CHECK(format_backtrace(report).starts_with("#0 shop.so+0x30"));
}

TEST_CASE("signals have names") {
  CHECK(signal_name(SIGSEGV) == "SIGSEGV (segmentation fault)");
  CHECK(signal_name(SIGKILL) == "SIGKILL (killed)");
  CHECK(signal_name(250) == "signal 250");
}
