#include "definitions/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <queue>

#include "base/text.hpp"

namespace partita {
namespace {

// The positions, in Catalog::assets, of those that each asset depends on: existing, and not itself.
std::vector<std::vector<std::size_t>> upstream_positions(const Catalog& catalog) {
  std::vector<std::vector<std::size_t>> upstream(catalog.assets.size());
  for (std::size_t i = 0; i < catalog.assets.size(); ++i) {
    for (const Dependency& dep : catalog.assets[i].deps) {
      const AssetDef* found = catalog.asset(dep.asset);
      if (found == nullptr || found == &catalog.assets[i]) continue;
      upstream[i].push_back(static_cast<std::size_t>(found - catalog.assets.data()));
    }
  }
  return upstream;
}

}  // namespace

const AssetDef* Catalog::asset(std::string_view key) const {
  const auto found = std::lower_bound(
      assets.begin(), assets.end(), key,
      [](const AssetDef& asset, std::string_view wanted) { return asset.key < wanted; });
  return found != assets.end() && found->key == key ? &*found : nullptr;
}

const PluginRecord* Catalog::plugin(std::string_view id) const {
  const auto found = std::find_if(plugins.begin(), plugins.end(),
                                  [&](const PluginRecord& record) { return record.id == id; });
  return found != plugins.end() ? &*found : nullptr;
}

std::vector<const CheckDef*> Catalog::checks_on(std::string_view asset) const {
  std::vector<const CheckDef*> found;
  for (const CheckDef& check : checks) {
    if (check.asset == asset) found.push_back(&check);
  }
  return found;
}

std::vector<std::string> Catalog::asset_keys() const {
  std::vector<std::string> keys;
  keys.reserve(assets.size());
  for (const AssetDef& asset : assets) keys.push_back(asset.key);
  return keys;
}

// Among those that may come next, the first by key.
std::vector<const AssetDef*> Catalog::topological() const {
  const auto upstream = upstream_positions(*this);
  std::vector<std::vector<std::size_t>> downstream(assets.size());
  std::vector<std::size_t> waits_for(assets.size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < assets.size(); ++i) {
    for (const std::size_t up : upstream[i]) downstream[up].push_back(i);
    waits_for[i] = upstream[i].size();
    if (waits_for[i] == 0) ready.push(i);
  }
  std::vector<const AssetDef*> order;
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    order.push_back(&assets[next]);
    for (const std::size_t down : downstream[next]) {
      if (--waits_for[down] == 0) ready.push(down);
    }
  }
  return order;
}

std::string Catalog::code_version(const AssetDef& asset) const {
  constexpr std::size_t kHashShown = 16;
  const PluginRecord* declaring = plugin(asset.plugin);
  if (asset.code_version != "auto" || declaring == nullptr) return asset.code_version;
  return "auto:" + declaring->load_hash.substr(0, kHashShown);
}

std::string Catalog::fault_of(const AssetDef& asset, const Dependency& dep) const {
  const AssetDef* upstream = this->asset(dep.asset);
  const auto resolved = resolve_mapping(dep.mapping, upstream->partitions, asset.partitions);
  if (!resolved) return resolved.error().message;
  const Status valid = upstream == &asset
                           ? validate_self_dependency(*resolved, asset.partitions)
                           : validate_mapping(*resolved, upstream->partitions, asset.partitions);
  return valid ? std::string() : valid.error().message;
}

std::string Catalog::blocked_reason(const AssetDef& asset) const {
  for (const Dependency& dep : asset.deps) {
    if (this->asset(dep.asset) == nullptr) {
      return fmt::format("depends on {}, which no plugin declares", dep.asset);
    }
    const std::string fault = fault_of(asset, dep);
    if (!fault.empty()) return fmt::format("dependency on {}: {}", dep.asset, fault);
  }
  return {};
}

}  // namespace partita
