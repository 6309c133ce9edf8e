#include "service/dev_watch.hpp"

#include <poll.h>

#include <algorithm>
#include <optional>

#include "definitions/watcher.hpp"
#include "service/dev_socket.hpp"
#include "service/held_signals.hpp"

namespace partita {
namespace {

std::vector<Path> directories_of(const Settings& settings) {
  std::vector<Path> directories = settings.definitions;
  if (!settings.build.empty())
    directories.insert(directories.end(), settings.sources.begin(), settings.sources.end());
  return directories;
}

}  // namespace

struct DevWatch::State {
  State(const Settings& settings, DevSocket made)
      : sources(settings.sources),
        socket(std::move(made)),
        watcher(directories_of(settings), system_clock()) {}

  std::optional<DevNews> news() {
    const std::set<Path> changed = watcher.take();
    const auto has_changed = [&](const Path& directory) { return changed.contains(directory); };
    if (std::any_of(sources.begin(), sources.end(), has_changed)) return DevNews::sources;
    if (!changed.empty()) return DevNews::definitions;
    if (socket.take()) return DevNews::reloaded;
    return std::nullopt;
  }

  std::vector<Path> sources;
  DevSocket socket;
  Watcher watcher;
};

DevWatch::DevWatch(std::unique_ptr<State> state) : state_(std::move(state)) {}
DevWatch::~DevWatch() = default;

Result<std::unique_ptr<DevWatch>> DevWatch::start(const Settings& settings) {
  Result<DevSocket> socket = DevSocket::listen(settings.state);
  if (!socket) return std::move(socket).error();
  return std::unique_ptr<DevWatch>(
      new DevWatch(std::make_unique<State>(settings, *std::move(socket))));
}

DevNews DevWatch::wait(const std::atomic<int>& interrupts) {
  const HeldSignals held;
  for (;;) {
    if (interrupts > 0) return DevNews::interrupted;
    if (const auto news = state_->news()) return *news;
    pollfd items[2] = {{state_->watcher.descriptor(), POLLIN, 0},
                       {state_->socket.descriptor(), POLLIN, 0}};
    held.wait(items, 2, state_->watcher.wait_millis());
  }
}

}  // namespace partita
