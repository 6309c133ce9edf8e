#include "plugin/crash_report.hpp"

#include <cxxabi.h>
#include <execinfo.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "plugin/crash_record.hpp"
#include "plugin/elf_image.hpp"

namespace partita {
namespace {

// The last two end what exceeds a limit: the frames say where it was.
constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGXCPU, SIGTERM};
constexpr std::size_t kStackBytes = 128U << 10U;

// Written before the handlers are installed, then only by the one thread that reports.
int g_fd = -1;
CrashRecord g_record;
std::atomic<pid_t> g_reporter{0};
bool g_terminated = false;  // on_terminate() has filled in the exception and the frames

void write_all(const void* data, std::size_t size) {
  const char* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(g_fd, bytes, size);
    if (written <= 0) return;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

void write_maps() {
  const int maps = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (maps < 0) return;
  static char buffer[16384];
  for (ssize_t got = 0; (got = ::read(maps, buffer, sizeof buffer)) > 0;) {
    write_all(buffer, static_cast<std::size_t>(got));
  }
  ::close(maps);
}

template <std::size_t N>
void collect_frames(std::uint64_t (&frames)[N], std::int32_t& count) {
  static void* addresses[N];
  count = ::backtrace(addresses, static_cast<int>(N));
  for (std::int32_t i = 0; i < count; ++i) {
    frames[i] = reinterpret_cast<std::uint64_t>(addresses[i]);
  }
}

void take_registers(const void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  g_record.program_counter = static_cast<std::uint64_t>(registers.gregs[REG_RIP]);
  g_record.stack_pointer = static_cast<std::uint64_t>(registers.gregs[REG_RSP]);
#elif defined(__aarch64__)
  g_record.program_counter = registers.pc;
  g_record.stack_pointer = registers.sp;
#else
  (void)registers;
#endif
}

// One thread reports. The same one again: the report itself crashed. Another one: it waits for the
// end.
bool may_report() {
  const auto self = static_cast<pid_t>(::syscall(SYS_gettid));
  pid_t none = 0;
  if (g_reporter.compare_exchange_strong(none, self)) return true;
  while (none != self) ::pause();
  return false;
}

// Only async-signal-safe calls: backtrace() was called before, and has loaded what it needs.
void on_signal(int signal, siginfo_t* info, void* context) {
  if (may_report()) {
    g_record.signal = signal;
    g_record.fault_address = reinterpret_cast<std::uint64_t>(info->si_addr);
    if (!g_terminated) {
      take_registers(context);
      collect_frames(g_record.frames, g_record.frame_count);
    }
    write_all(&g_record, sizeof g_record);
    write_maps();
  }
  // The disposition is the default again (SA_RESETHAND): this ends the process.
  ::raise(signal);
}

template <std::size_t N>
void copy_text(char (&to)[N], const char* from) {
  std::strncpy(to, from, N - 1);
}

[[noreturn]] void on_terminate() {
  if (const std::type_info* type = abi::__cxa_current_exception_type()) {
    copy_text(g_record.exception_type, demangled(type->name()).c_str());
    try {
      throw;
    } catch (const std::exception& error) {
      copy_text(g_record.exception_what, error.what());
    } catch (...) {
    }
  }
  collect_frames(g_record.frames, g_record.frame_count);
  g_terminated = true;
  std::abort();
}

}  // namespace

void install_crash_report(int fd) {
  g_fd = fd;
  void* first[1];
  (void)::backtrace(first, 1);
  install_crash_stack();
  std::set_terminate(on_terminate);
  for (const int signal : kSignals) {
    struct sigaction action{};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER;
    ::sigaction(signal, &action, nullptr);
  }
}

void install_crash_stack() {
  struct Stack {
    alignas(std::max_align_t) char bytes[kStackBytes];
    ~Stack() {
      stack_t none{};
      none.ss_flags = SS_DISABLE;
      ::sigaltstack(&none, nullptr);
    }
  };
  static thread_local Stack stack;
  stack_t alternate{};
  alternate.ss_sp = stack.bytes;
  alternate.ss_size = sizeof stack.bytes;
  ::sigaltstack(&alternate, nullptr);
}

}  // namespace partita
