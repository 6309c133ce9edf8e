#include "definitions/assembly.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>

namespace partita {
namespace {

// Looks for a way from an asset back to itself. Iterative: a chain may be longer than the stack.
class CycleSearch {
 public:
  using Find = std::function<const AssetDef*(const std::string& key)>;
  explicit CycleSearch(Find find) : find_(std::move(find)) {}

  // The keys along the cycle, the first once more at the end; empty where there is none.
  std::vector<std::string> from(const AssetDef& start) {
    enter(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      if (step.next == step.asset->deps.size()) {
        open_.erase(step.asset->key);
        path_.pop_back();
        continue;
      }
      const std::string& key = step.asset->deps[step.next++].asset;
      if (key == step.asset->key) continue;  // in order along itself: for the mapping to say
      if (open_.contains(key)) return cycle_to(key);
      const AssetDef* upstream = find_(key);
      if (upstream != nullptr && !done_.contains(key)) enter(*upstream);
    }
    return {};
  }

 private:
  struct Step {
    const AssetDef* asset;
    std::size_t next = 0;
  };

  void enter(const AssetDef& asset) {
    if (!done_.insert(asset.key).second) return;
    open_.insert(asset.key);
    path_.push_back({&asset});
  }

  std::vector<std::string> cycle_to(const std::string& key) const {
    std::vector<std::string> keys;
    bool within = false;
    for (const Step& step : path_) {
      within = within || step.asset->key == key;
      if (within) keys.push_back(step.asset->key);
    }
    keys.push_back(key);
    return keys;
  }

  Find find_;
  std::vector<Step> path_;
  std::set<std::string> open_;
  std::set<std::string> done_;
};

std::string cycle_text(const std::vector<std::string>& keys) {
  std::string text = "cycle of dependencies: " + keys.front();
  for (std::size_t i = 1; i < keys.size(); ++i) text += " needs " + keys[i];
  return text;
}

// The declared mapping, resolved for the definitions as they are now. What cannot be resolved is
// left as it was declared, and told by blocked_reason().
void resolve(Dependency& dep, const AssetDef& upstream, const AssetDef& downstream) {
  const MappingSpec declared = dep.declared.value_or(dep.mapping);
  const auto resolved = resolve_mapping(declared, upstream.partitions, downstream.partitions);
  dep.declared.reset();
  dep.mapping = resolved ? *resolved : declared;
  if (!(dep.mapping == declared)) dep.declared = declared;
}

}  // namespace

std::optional<Refusal> Assembly::check_names(const Member& member) const {
  if (const auto found = ids_.find(member.record.id); found != ids_.end()) {
    return Refusal{"duplicate_plugin", fmt::format("plugin id {} is also that of {}",
                                                   member.record.id, found->second->shown)};
  }
  for (const AssetDef& asset : member.assets) {
    if (const auto found = assets_.find(asset.key); found != assets_.end()) {
      return Refusal{"duplicate_asset", fmt::format("asset {} is also declared by {}", asset.key,
                                                    found->second.first->shown)};
    }
  }
  for (const CheckDef& check : member.checks) {
    if (const auto found = checks_.find({check.asset, check.name}); found != checks_.end()) {
      return Refusal{"duplicate_check", fmt::format("check {} on {} is also declared by {}",
                                                    check.name, check.asset, found->second->shown)};
    }
  }
  return {};
}

std::optional<Refusal> Assembly::check_cycles(const Member& member) const {
  std::map<std::string, const AssetDef*> own;
  for (const AssetDef& asset : member.assets) own[asset.key] = &asset;
  CycleSearch search([&](const std::string& key) -> const AssetDef* {
    if (const auto found = own.find(key); found != own.end()) return found->second;
    const auto found = assets_.find(key);
    return found != assets_.end() ? found->second.second : nullptr;
  });
  for (const AssetDef& asset : member.assets) {
    const std::vector<std::string> cycle = search.from(asset);
    if (!cycle.empty()) return Refusal{"cycle", cycle_text(cycle)};
  }
  return {};
}

std::optional<Refusal> Assembly::add(const Member& member) {
  if (auto refusal = check_names(member)) return refusal;
  if (auto refusal = check_cycles(member)) return refusal;
  members_.push_back(&member);
  ids_[member.record.id] = &member;
  for (const AssetDef& asset : member.assets) assets_[asset.key] = {&member, &asset};
  for (const CheckDef& check : member.checks) checks_[{check.asset, check.name}] = &member;
  return {};
}

void Assembly::finish(Catalog& catalog) const {
  for (const Member* member : members_) {
    catalog.plugins.push_back(member->record);
    catalog.checks.insert(catalog.checks.end(), member->checks.begin(), member->checks.end());
  }
  for (const auto& [key, found] : assets_) catalog.assets.push_back(*found.second);
  std::sort(catalog.plugins.begin(), catalog.plugins.end(),
            [](const auto& a, const auto& b) { return a.file < b.file; });
  std::sort(catalog.checks.begin(), catalog.checks.end(), [](const auto& a, const auto& b) {
    return std::tie(a.asset, a.name) < std::tie(b.asset, b.name);
  });
  for (AssetDef& asset : catalog.assets) {
    for (Dependency& dep : asset.deps) {
      if (const AssetDef* upstream = catalog.asset(dep.asset)) resolve(dep, *upstream, asset);
    }
  }
  for (const PluginRecord& record : catalog.plugins) {
    catalog.problems.insert(catalog.problems.end(), record.problems.begin(), record.problems.end());
  }
  for (const AssetDef& asset : catalog.assets) {
    const std::string reason = catalog.blocked_reason(asset);
    if (reason.empty()) continue;
    catalog.problems.push_back(
        {asset.plugin, "blocked_asset", fmt::format("asset {} {}", asset.key, reason)});
  }
  for (const CheckDef& check : catalog.checks) {
    if (catalog.asset(check.asset) != nullptr) continue;
    catalog.problems.push_back(
        {check.plugin, "unknown_asset",
         fmt::format("check {} is on {}, which no plugin declares", check.name, check.asset)});
  }
}

}  // namespace partita
