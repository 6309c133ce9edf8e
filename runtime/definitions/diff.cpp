#include "definitions/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace partita {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t kMaxShown = 5;

// `+a +b -c`, cut after a few.
std::string gains_and_losses(const Texts& before, const Texts& after) {
  const std::set<std::string> old(before.begin(), before.end());
  const std::set<std::string> now(after.begin(), after.end());
  Texts parts;
  for (const std::string& text : after) {
    if (!old.contains(text)) parts.push_back("+" + text);
  }
  for (const std::string& text : before) {
    if (!now.contains(text)) parts.push_back("-" + text);
  }
  const std::size_t more = parts.size() > kMaxShown ? parts.size() - kMaxShown : 0;
  parts.resize(parts.size() - more);
  std::string text = join(parts, " ");
  return more > 0 ? text + fmt::format(" and {} more", more) : text;
}

Texts dependency_names(const AssetDef& asset) {
  Texts names;
  for (const Dependency& dep : asset.deps) names.push_back(dep.asset);
  return names;
}

Texts tag_texts(const AssetDef& asset) {
  Texts texts;
  for (const auto& [name, value] : asset.tags) {
    texts.push_back(value.empty() ? name : fmt::format("{}={}", name, value));
  }
  return texts;
}

// What came and went; where the members are the same, that their order changed.
void compare_lists(std::string_view what, const Texts& before, const Texts& after, Texts& changes) {
  if (before == after) return;
  const std::string text = gains_and_losses(before, after);
  changes.push_back(fmt::format("{}: {}", what, text.empty() ? "order" : text));
}

void compare_texts(std::string_view what, const std::string& before, const std::string& after,
                   Texts& changes) {
  if (before == after) return;
  const auto shown = [](const std::string& text) { return text.empty() ? "none" : text; };
  changes.push_back(fmt::format("{} {} -> {}", what, shown(before), shown(after)));
}

void compare_mappings(const AssetDef& before, const AssetDef& after, Texts& changes) {
  for (const Dependency& dep : after.deps) {
    for (const Dependency& old : before.deps) {
      if (old.asset != dep.asset || old.mapping == dep.mapping) continue;
      const std::string from = old.mapping.describe();
      const std::string to = dep.mapping.describe();
      changes.push_back(from == to ? fmt::format("mapping of {}: another {}", dep.asset, to)
                                   : fmt::format("mapping of {}: {} -> {}", dep.asset, from, to));
    }
  }
}

const StaticDimension* only_static(const PartitionsDefinition& partitions) {
  if (partitions.dimensions.size() != 1) return nullptr;
  return std::get_if<StaticDimension>(&partitions.dimensions.front().kind);
}

void compare_partitions(const PartitionsDefinition& before, const PartitionsDefinition& after,
                        Texts& changes) {
  if (before == after) return;
  const StaticDimension* old_keys = only_static(before);
  const StaticDimension* new_keys = only_static(after);
  if (old_keys != nullptr && new_keys != nullptr) {
    return compare_lists("partitions", old_keys->keys, new_keys->keys, changes);
  }
  const auto shown = [](const PartitionsDefinition& partitions) {
    return partitions.is_partitioned() ? partitions.describe() : std::string("none");
  };
  const std::string from = shown(before);
  const std::string to = shown(after);
  // Where the description says too little to tell them apart, that they differ is all there is to
  // say.
  changes.push_back(from == to ? fmt::format("partitions: another definition of {}", to)
                               : fmt::format("partitions: {} -> {}", from, to));
}

// Each fact of either by its name.
void compare_policies(const RunPolicy& before, const RunPolicy& after, Texts& changes) {
  if (before == after) return;
  const auto old_facts = describe(before);
  const auto new_facts = describe(after);
  const auto text_of = [](const auto& facts, const std::string& name) {
    const auto at = std::find_if(facts.begin(), facts.end(),
                                 [&](const auto& fact) { return fact.first == name; });
    return at == facts.end() ? std::string() : at->second;
  };
  for (const auto& [name, text] : new_facts)
    compare_texts(name, text_of(old_facts, name), text, changes);
  for (const auto& [name, text] : old_facts) {
    if (text_of(new_facts, name).empty()) compare_texts(name, text, {}, changes);
  }
}

std::string code_of(const Catalog& catalog, const AssetDef& asset) {
  const PluginRecord* plugin = catalog.plugin(asset.plugin);
  return plugin != nullptr ? plugin->load_hash : std::string();
}

Texts check_texts(const Catalog& catalog, const AssetDef& asset) {
  Texts names;
  for (const CheckDef* check : catalog.checks_on(asset.key)) names.push_back(check->name);
  return names;
}

Texts changes_of(const Catalog& old_catalog, const AssetDef& before, const Catalog& new_catalog,
                 const AssetDef& after) {
  Texts changes;
  if (code_of(old_catalog, before) != code_of(new_catalog, after)) changes.push_back("code");
  compare_texts("code version", before.code_version, after.code_version, changes);
  compare_lists("dependencies", dependency_names(before), dependency_names(after), changes);
  compare_mappings(before, after, changes);
  compare_partitions(before.partitions, after.partitions, changes);
  if (before.description != after.description) changes.push_back("description");
  compare_texts("group", before.group, after.group, changes);
  compare_texts("pool", before.pool, after.pool, changes);
  compare_policies(before.policy, after.policy, changes);
  compare_texts("plugin", before.plugin, after.plugin, changes);
  compare_lists("kinds", before.kinds, after.kinds, changes);
  compare_lists("owners", before.owners, after.owners, changes);
  compare_lists("tags", tag_texts(before), tag_texts(after), changes);
  compare_lists("checks", check_texts(old_catalog, before), check_texts(new_catalog, after),
                changes);
  return changes;
}

}  // namespace

CatalogDiff diff(const Catalog& before, const Catalog& after) {
  CatalogDiff result;
  for (const AssetDef& asset : before.assets) {
    if (after.asset(asset.key) == nullptr) result.removed.push_back(asset.key);
  }
  for (const AssetDef& asset : after.assets) {
    const AssetDef* old = before.asset(asset.key);
    if (old == nullptr) {
      result.added.push_back(asset.key);
      continue;
    }
    Texts changes = changes_of(before, *old, after, asset);
    if (changes.empty()) {
      ++result.unchanged;
    } else {
      result.changed.push_back({asset.key, std::move(changes)});
    }
  }
  return result;
}

}  // namespace partita
