#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/text.hpp"
#include "partitions/key.hpp"
#include "service/former_definitions.hpp"
#include "service/outputs.hpp"
#include "service/project_state.hpp"
#include "service/renamed_partitions.hpp"

namespace partita {
namespace {

constexpr std::size_t kMostMetadataBytes = 16'384;

// Calls `visit` for each dimension of an asset that has its keys from a dynamic set.
template <class Visit>
void for_each_dynamic(const Catalog& catalog, const Visit& visit) {
  for (const AssetDef& asset : catalog.assets) {
    for (const Dimension& dimension : asset.partitions.dimensions) {
      if (const auto* dynamic = std::get_if<DynamicDimension>(&dimension.kind))
        visit(asset, dynamic->set);
    }
  }
}

// A set exists once an asset declares it or a key was added: a misspelt one must not come into
// being.
Status require_set(Project& project, std::string_view set) {
  Result<std::vector<DynamicSetRow>> sets = project.dynamic_sets();
  if (!sets) return std::move(sets).error();
  std::vector<std::string> names;
  for (const DynamicSetRow& row : *sets) {
    if (row.set == set) return {};
    names.push_back(row.set);
  }
  std::string hint = did_you_mean(set, names);
  if (hint.empty())
    hint = names.empty() ? "no asset declares a dynamic set" : "the sets are " + join(names, ", ");
  return Error{ErrorCode::not_found,
               fmt::format("find dynamic set `{}`: no asset declares it", set), hint};
}

// The first asset that has the set as one of several dimensions.
const AssetDef* product_of(const Catalog& catalog, std::string_view set) {
  const AssetDef* product = nullptr;
  for_each_dynamic(catalog, [&](const AssetDef& asset, const std::string& name) {
    if (name == set && asset.partitions.dimensions.size() > 1 && product == nullptr)
      product = &asset;
  });
  return product;
}

Status check_key(std::string_view key, const AssetDef* product) {
  Status status = validate_key(key);
  if (!status || product == nullptr) return status;
  status = validate_dimension_key(key);
  if (status) return status;
  Error error = std::move(status).error();
  error.hint = fmt::format("`{}` has the keys in a product", product->key);
  return error;
}

Status check_keys(const std::vector<std::string>& keys, const AssetDef* product) {
  std::unordered_set<std::string_view> seen;
  seen.reserve(keys.size());
  for (const std::string& key : keys) {
    if (Status valid = check_key(key, product); !valid) return valid;
    if (seen.insert(key).second) continue;
    return usage_error(
        fmt::format("refuse partition key `{}`: it is given twice", printable_key(key)));
  }
  return {};
}

Status check_metadata(std::string_view key, const Json& values) {
  const auto refuse = [&](const std::string& why) {
    return usage_error(fmt::format("refuse metadata of key `{}`: {}", printable_key(key), why));
  };
  for (const auto& [name, value] : values.as_object()) {
    if (validate_key(name)) continue;
    return refuse(fmt::format("`{}` is no name", printable_key(name)));
  }
  const std::size_t size = values.dump().size();
  if (size <= kMostMetadataBytes) return {};
  return refuse(fmt::format("it has {} bytes, at most {} are allowed", size, kMostMetadataBytes));
}

// With assets that were removed: their history has the keys too, for when they come back.
Result<Catalog> with_former(Catalog catalog, Store& store) {
  Result<std::vector<AssetDef>> former = former_definitions(catalog, store);
  if (!former) return std::move(former).error();
  for (AssetDef& asset : *former) catalog.assets.push_back(std::move(asset));
  return catalog;
}

Status check_rename(const KeyRename& rename, Store& store) {
  Result<DynamicKeys> keys = store.dynamic_keys(rename.set);
  if (!keys) return std::move(keys).error();
  const auto refuse = [&](ErrorCode code, std::string_view why, std::string hint) {
    return Error{code,
                 fmt::format("rename key `{}` of dynamic set `{}`: {}", printable_key(rename.from),
                             rename.set, why),
                 std::move(hint)};
  };
  const auto has = [&](const std::string& key) {
    return std::find((*keys)->begin(), (*keys)->end(), key) != (*keys)->end();
  };
  if (!has(rename.from)) {
    std::string hint = did_you_mean(rename.from, **keys);
    if (hint.empty()) hint = fmt::format("partita dynamic list {}", rename.set);
    return refuse(ErrorCode::not_found, "it is not there", std::move(hint));
  }
  if (!has(rename.to)) return {};
  return refuse(ErrorCode::usage, fmt::format("`{}` is there already", rename.to), {});
}

}  // namespace

Result<std::vector<DynamicSetRow>> Project::dynamic_sets() {
  auto sets = state_->store->dynamic_sets();
  if (!sets) return std::move(sets).error();
  std::map<std::string, std::int64_t> counts(sets->begin(), sets->end());
  for_each_dynamic(*state_->catalog,
                   [&](const AssetDef&, const std::string& set) { counts.emplace(set, 0); });
  std::vector<DynamicSetRow> rows;
  rows.reserve(counts.size());
  for (const auto& [set, count] : counts) rows.push_back({set, count});
  return rows;
}

Result<DynamicSetView> Project::dynamic_set(std::string_view set) {
  if (Status known = require_set(*this, set); !known) return std::move(known).error();
  Result<DynamicKeys> keys = state_->store->dynamic_keys(set);
  if (!keys) return std::move(keys).error();
  Result<std::vector<KeyMetadata>> metadata = state_->store->dynamic_metadata(set);
  if (!metadata) return std::move(metadata).error();
  DynamicSetView view{std::string(set), *std::move(keys), {}};
  for (KeyMetadata& entry : *metadata)
    view.metadata.emplace(std::move(entry.key), std::move(entry.values));
  return view;
}

Result<std::int64_t> Project::add_dynamic(std::string_view set, const DynamicAddition& addition) {
  if (Status known = require_set(*this, set); !known) return std::move(known).error();
  const AssetDef* product = product_of(*state_->catalog, set);
  if (Status valid = check_keys(addition.keys, product); !valid) return std::move(valid).error();
  std::vector<KeyMetadata> metadata;
  metadata.reserve(addition.metadata.size());
  for (const auto& [key, values] : addition.metadata) {
    if (Status valid = check_metadata(key, values); !valid) return std::move(valid).error();
    metadata.push_back({key, values});
  }
  return state_->store->add_dynamic_keys(set, addition.keys, metadata);
}

Result<std::int64_t> Project::remove_dynamic(std::string_view set,
                                             std::span<const std::string> keys) {
  if (Status known = require_set(*this, set); !known) return std::move(known).error();
  return state_->store->remove_dynamic_keys(set, keys);
}

Result<RenameView> Project::rename_dynamic(const RenameRequest& request) {
  const auto& [set, from, to, patience] = request;
  if (Status known = require_set(*this, set); !known) return std::move(known).error();
  Result<Catalog> catalog = with_former(*state_->catalog, *state_->store);
  if (!catalog) return std::move(catalog).error();
  if (Status valid = check_key(to, product_of(*catalog, set)); !valid)
    return std::move(valid).error();
  const Settings& settings = state_->settings;
  Store& store = *state_->store;
  Result<FileLock> lock = lock_out_and_recover(patience, settings, store);
  if (!lock) return std::move(lock).error();
  const KeyRename rename{set, from, to};
  if (Status fits = check_rename(rename, store); !fits) return std::move(fits).error();
  auto found = renamed_partitions(rename, *catalog, store, settings);
  if (!found) return std::move(found).error();
  RenameView view{set, from, to, {}};
  std::vector<RenamedAsset> assets;
  std::vector<OutputRecord> moves;
  for (auto& [asset, count] : *found) {
    const auto outputs = static_cast<std::int64_t>(asset.moves.size());
    if (count > 0) view.assets.push_back({asset.asset, count, outputs});
    moves.insert(moves.end(), asset.moves.begin(), asset.moves.end());
    assets.push_back(std::move(asset));
  }
  if (Status renamed = store.rename_dynamic_key(rename, assets); !renamed)
    return std::move(renamed).error();
  if (Status moved = publish(store, moves); !moved) return std::move(moved).error();
  return view;
}

}  // namespace partita
