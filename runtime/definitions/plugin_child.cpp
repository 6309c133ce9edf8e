#include "definitions/plugin_child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "base/text.hpp"
#include "plugin/crash_report.hpp"
#include "plugin/plugin_note.hpp"

namespace partita {
namespace {

constexpr int kHighDescriptor = 1000;
constexpr rlim_t kMaxMemory = rlim_t{8} << 30U;
constexpr rlim_t kMaxWritten = rlim_t{64} << 20U;

// A plugin that takes all the memory gets bad_alloc, one that prints for ever a short write, and
// neither is the end of the machine. The sanitizers reserve terabytes of addresses.
void set_limits() {
  const rlimit memory{kMaxMemory, kMaxMemory};
  if (kHostSanitizers == 0) ::setrlimit(RLIMIT_AS, &memory);
  const rlimit written{kMaxWritten, kMaxWritten};
  ::setrlimit(RLIMIT_FSIZE, &written);
  std::signal(SIGXFSZ, SIG_IGN);
  // What was printed before a crash shall have reached the host.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
}

void report_crashes_to(const std::string& path) {
  const int opened = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const int high = ::fcntl(opened, F_DUPFD_CLOEXEC, kHighDescriptor);
  if (opened >= 0) ::close(opened);
  if (high >= 0) install_crash_report(high);
}

std::string indented(const std::string& text) {
  std::string result;
  for (const std::string& line : split(text, '\n')) {
    if (!line.empty()) result += "\n  " + line;
  }
  return result;
}

}  // namespace

void begin_plugin_child(const std::string& crash) {
  report_crashes_to(crash);
  set_limits();
}

std::string crash_text(int signal, const SharedMemory& crash) {
  std::string text = signal_name(signal);
  const auto report = CrashReader().read(crash.file.get());
  if (!report) return text;
  if (!report->exception_type.empty()) {
    text += fmt::format(", uncaught {}", report->exception_type);
  }
  if (!report->message.empty()) {
    text += (report->exception_type.empty() ? ", " : ": ") + report->message;
  }
  return text + indented(format_backtrace(*report));
}

}  // namespace partita
