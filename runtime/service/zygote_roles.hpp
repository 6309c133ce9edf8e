// The zygote with every role a child of Partita plays. Called first thing in main.
#pragma once

#include <memory>

#include "base/zygote.hpp"

namespace partita {

Result<std::unique_ptr<Zygote>> start_zygote();

}  // namespace partita
