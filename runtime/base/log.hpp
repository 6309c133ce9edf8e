// The host's own log, for its developers and for `-v`: spdlog behind four functions.
//
// What a user must know is an Error or an event, never only a log line. Any thread.
#pragma once

#include <string_view>

namespace partita::log {

enum class Level { debug, info, warning, error };

// What goes to stderr; `info` with -v, `debug` with -vv. The default is warning.
void set_level(Level level);

void debug(std::string_view text);
void info(std::string_view text);
void warning(std::string_view text);
void error(std::string_view text);

}  // namespace partita::log
