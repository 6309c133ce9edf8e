#include <fmt/format.h>

#include "base/text.hpp"
#include "service/project_state.hpp"

namespace partita {
namespace {

// Where the author declares a version, that one speaks; else the code itself.
bool is_made_by_other_code(const AssetDef& asset, const Catalog& catalog,
                           const Materialization& made) {
  if (!asset.code_version.empty()) return made.code_version != catalog.code_version(asset);
  const PluginRecord* plugin = catalog.plugin(asset.plugin);
  return plugin != nullptr && made.code_hash != plugin->load_hash;
}

}  // namespace

Result<std::string> Project::outdated(std::string_view selection) {
  if (selection.find('@') != std::string_view::npos) {
    return usage_error(fmt::format("select `{}`: dev takes assets, without partitions", selection),
                       "it runs what is missing of them, or was made by other code");
  }
  Result<ListView> selected = list(selection);
  if (!selected) return std::move(selected).error();
  std::vector<std::string> changed;
  for (const AssetRow& row : selected->assets) {
    Result<std::optional<Materialization>> made = state_->store->latest_materialization(row.key);
    if (!made) return std::move(made).error();
    const AssetDef& asset = *state_->catalog->asset(row.key);
    if (made->has_value() && is_made_by_other_code(asset, *state_->catalog, **made))
      changed.push_back(row.key);
  }
  const std::string missing = fmt::format("({})@missing", selection);
  if (changed.empty()) return missing;
  return fmt::format("{} or ({})@materialized", missing, join(changed, " or "));
}

}  // namespace partita
