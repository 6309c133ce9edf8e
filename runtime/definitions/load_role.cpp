#include <filesystem>

#include "base/framing.hpp"
#include "definitions/load.hpp"
#include "definitions/plugin_child.hpp"
#include "definitions/reload.hpp"
#include "plugin/loaded_plugin.hpp"

namespace partita {
namespace {

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
  begin_plugin_child(std::string(argument));
  const auto stored = read_frame(channel);
  if (!stored || !*stored) return 1;  // nothing was to be loaded after all
  const auto tell_phase = [&](const char* phase) {
    (void)write_frame(channel, Json().set("phase", phase).dump());
  };
  const Described described = open_and_describe(**stored, tell_phase);
  if (!write_frame(channel, described.answer.dump())) {
    // Where the plugin has closed the channel, that there is no answer says so.
    (void)write_frame(channel, Json().set("error", "its declarations are too large").dump());
    return 0;
  }
  tell_phase(kClosing);
  return 0;
}

}  // namespace partita
