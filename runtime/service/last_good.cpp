#include "service/last_good.hpp"

#include <algorithm>

namespace partita {
namespace {

// None of its own where the directory of its file cannot be read.
ProblemView problem_of(const PluginRecord& plugin, const Catalog& catalog) {
  const auto found =
      std::find_if(catalog.refused.begin(), catalog.refused.end(),
                   [&](const RefusedFile& refused) { return refused.file == plugin.file; });
  if (found == catalog.refused.end()) return {plugin.id, "last_good", plugin.stale_reason, false};
  const Problem& problem = found->problem;
  return {problem.plugin, problem.code, problem.message, problem.warning};
}

}  // namespace

std::vector<ProblemView> last_good_problems(
    const Catalog& catalog, const std::function<bool(std::string_view plugin)>& is_meant) {
  std::vector<ProblemView> problems;
  for (const PluginRecord& plugin : catalog.plugins) {
    if (!plugin.stale_reason.empty() && is_meant(plugin.id))
      problems.push_back(problem_of(plugin, catalog));
  }
  return problems;
}

}  // namespace partita
