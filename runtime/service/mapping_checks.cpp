#include "service/mapping_checks.hpp"

#include <fmt/format.h>

#include "partitions/mapping_check.hpp"

namespace partita {
namespace {

Result<std::vector<FunctionFault>> faults_of(const AssetDef& asset, const Dependency& dep,
                                             Snapshot& snapshot, PluginFunctions& functions) {
  const PluginRecord* plugin = snapshot.catalog().plugin(asset.plugin);
  const AssetDef* upstream = snapshot.catalog().asset(dep.asset);
  if (plugin == nullptr || upstream == nullptr) return std::vector<FunctionFault>();
  Result<SpacePtr> from = snapshot.space(*upstream);
  if (!from) return std::move(from).error();
  Result<SpacePtr> to = snapshot.space(asset);
  if (!to) return std::move(to).error();
  return check_functions(dep.mapping, *from, *to, *functions.of(*plugin, asset.key, dep.asset));
}

}  // namespace

std::vector<ProblemView> check_mapping_functions(Snapshot& snapshot, PluginFunctions& functions) {
  std::vector<ProblemView> problems;
  for (const AssetDef& asset : snapshot.catalog().assets) {
    if (!snapshot.catalog().blocked_reason(asset).empty()) continue;
    for (const Dependency& dep : asset.deps) {
      if (!has_function(dep.mapping)) continue;
      auto faults = faults_of(asset, dep, snapshot, functions);
      if (!faults) faults = std::vector{FunctionFault{"function_failed", faults.error().message}};
      for (const FunctionFault& fault : *faults) {
        problems.push_back(
            {asset.plugin, fault.code,
             fmt::format("map `{}` to `{}`: {}", dep.asset, asset.key, fault.message), false});
      }
    }
  }
  return problems;
}

}  // namespace partita
