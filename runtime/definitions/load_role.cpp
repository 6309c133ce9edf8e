#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "base/framing.hpp"
#include "definitions/load.hpp"
#include "definitions/reload.hpp"
#include "plugin/crash_report.hpp"
#include "plugin/loaded_plugin.hpp"
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

std::ptrdiff_t thread_count() {
  std::error_code failed;
  const std::filesystem::directory_iterator tasks("/proc/self/task", failed);
  return failed ? 0 : std::distance(begin(tasks), end(tasks));
}

Json warning(const char* code, const char* message) {
  return Json().set("code", code).set("message", message);
}

}  // namespace

Described open_and_describe(const Path& stored, const LoadedPlugin::OnPhase& on_phase) {
  const std::ptrdiff_t threads = thread_count();
  auto plugin = LoadedPlugin::open(stored, on_phase);
  if (!plugin) return {Json().set("error", plugin.error().message), nullptr};
  Json warnings = Json::array();
  const auto again = (*plugin)->define_again();
  if (!again || *again != (*plugin)->declarations()) {
    warnings.push(
        warning("define_differs", "define() says something else when it is called again"));
  }
  if (thread_count() > threads) {
    warnings.push(warning("thread_left", "it leaves a thread running after define()"));
  }
  Json answer;
  answer.set("declarations", to_json((*plugin)->declarations()))
      .set("warnings", std::move(warnings));
  return {std::move(answer), std::move(*plugin)};
}

int load_role(int channel, std::string_view argument) {
  const auto request = Json::parse(argument);
  if (!request) return 1;
  report_crashes_to((*request)["crash"].as_string());
  set_limits();
  const auto tell_phase = [&](const char* phase) {
    (void)write_frame(channel, Json().set("phase", phase).dump());
  };
  const Described described = open_and_describe((*request)["file"].as_string(), tell_phase);
  if (!write_frame(channel, described.answer.dump())) {
    // Where the plugin has closed the channel, that there is no answer says so.
    (void)write_frame(channel, Json().set("error", "its declarations are too large").dump());
    return 0;
  }
  tell_phase(kClosing);
  return 0;
}

}  // namespace partita
