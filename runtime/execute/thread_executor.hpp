// Runs tasks on threads of this process (`--isolation none`): the least overhead, for trusted code
// and debuggers. A plugin that crashes takes the process with it; only log() is captured per
// partition.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "execute/executor.hpp"

namespace partita {

// `clock` is borrowed. The executor loads each plugin at its first task. `on_news` is called on a
// thread of its own where wait() would end, for those who wait elsewhere.
std::unique_ptr<Executor> make_thread_executor(
    std::size_t threads, TaskSettings settings, const Clock& clock,
    std::function<void()> on_news = [] {});

}  // namespace partita
