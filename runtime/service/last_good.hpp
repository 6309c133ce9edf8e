// Plugins that do not load any more, whose last good versions serve.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "definitions/catalog.hpp"
#include "service/views.hpp"

namespace partita {

// Why, one of each such plugin of which `is_meant(id)`: the problem that `list` shows.
std::vector<ProblemView> last_good_problems(
    const Catalog& catalog, const std::function<bool(std::string_view plugin)>& is_meant);

}  // namespace partita
