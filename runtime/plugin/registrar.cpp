#include "plugin/registrar.hpp"

#include <fmt/format.h>

#include <new>

#include "partitions/key.hpp"
#include "plugin/received.hpp"

namespace partita {
namespace {

// How a refusal calls the declaration it is about, before any of it was validated.
std::string named(std::string_view kind, partita_str name) {
  if (name.ptr == nullptr || name.len > kMaxTextBytes) return std::string(kind);
  return fmt::format("{} `{}`", kind, printable_key({name.ptr, name.len}));
}

Status validate_texts(const AssetDef& asset) {
  if (Status valid = validate_name(asset.group); !valid) {
    return std::move(valid).error().wrap("group");
  }
  for (const auto& [name, value] : asset.tags) {
    if (Status valid = validate_key(name); !valid) return std::move(valid).error().wrap("tag");
  }
  for (const std::string& kind : asset.kinds) {
    if (Status valid = validate_key(kind); !valid) return std::move(valid).error().wrap("kind");
  }
  if (asset.pool.empty()) return {};
  Status valid = validate_name(asset.pool);
  return valid ? Status() : std::move(valid).error().wrap("pool");
}

// Puts its dimensions in order.
Status validate_partitions(AssetDef& asset) {
  auto partitions = validated(std::move(asset.partitions));
  if (!partitions) return std::move(partitions).error().wrap("partitions");
  asset.partitions = *std::move(partitions);
  return {};
}

Status validate_function(const partita_asset& from, const AssetDef& asset) {
  if (asset.policy.external == (from.run == nullptr)) return {};
  return usage_error(asset.policy.external ? "it is external, and run is not null" : "run is null");
}

}  // namespace

Registrar::Registrar(std::string plugin_id, Declared declared) : declared_(declared) {
  declarations_.plugin_id = std::move(plugin_id);
  table_.size = sizeof table_;
  table_.ctx = this;
  table_.add_asset = &Registrar::add_table<partita_asset>;
  table_.add_check = &Registrar::add_table<partita_check>;
  table_.fail = &Registrar::fail;
}

const RunFunction* Registrar::asset(std::string_view key) const {
  const auto found = assets_.find(key);
  return found == assets_.end() ? nullptr : &found->second;
}

const RunFunction* Registrar::check(std::string_view asset, std::string_view name) const {
  const auto found = checks_.find({std::string(asset), std::string(name)});
  return found == checks_.end() ? nullptr : &found->second;
}

std::span<const MappingFunction> Registrar::mapping_functions(std::string_view asset,
                                                              std::string_view upstream) const {
  const auto of_asset = mappings_.find(asset);
  if (of_asset == mappings_.end()) return {};
  const auto found = of_asset->second.find(upstream);
  return found == of_asset->second.end() ? std::span<const MappingFunction>() : found->second;
}

void Registrar::drop_all() {
  const auto drop = [](auto& function) {
    if (function.drop != nullptr) std::exchange(function.drop, nullptr)(function.user);
  };
  for (auto& [key, function] : assets_) drop(function);
  for (auto& [key, function] : checks_) drop(function);
  for (auto& [asset, of_asset] : mappings_) {
    for (auto& [upstream, functions] : of_asset) {
      for (MappingFunction& function : functions) drop(function);
    }
  }
}

template <class Table>
partita_status Registrar::add_table(void* ctx, const Table* table) noexcept {
  try {
    return static_cast<Registrar*>(ctx)->add(table) ? PARTITA_OK : PARTITA_INVALID;
  } catch (const std::bad_alloc&) {
    return PARTITA_NO_MEMORY;
  }
}

void Registrar::fail(void* ctx, partita_str text) noexcept {
  auto& failure = static_cast<Registrar*>(ctx)->failure_;
  try {
    auto copy = copy_text(text, "the reason");
    failure = copy ? *copy : copy.error().message;
  } catch (const std::bad_alloc&) {
    failure.clear();
  }
}

void Registrar::refuse(std::string what, const Error& error) {
  declarations_.refused.push_back({std::move(what), error.message});
}

// A plugin in a loop shall fill neither the host's memory nor the screen.
Status Registrar::count(std::size_t& declared, std::string_view what) {
  if (++declared <= kMaxAssets) return {};
  within_limits_ = usage_error(fmt::format("it declares more than {} {}", kMaxAssets, what));
  return within_limits_;
}

Status Registrar::add(const partita_asset* table) {
  if (Status few = count(assets_declared_, "assets"); !few) return few;
  const auto from = received(table, "partita_asset");
  if (!from) {
    refuse("asset", from.error());
    return from.error();
  }
  MappingFunctions mappings;
  auto asset = copy_asset(*from, mappings);
  Status valid = asset ? validate_asset_key(asset->key) : Status(asset.error());
  if (valid) valid = validate_texts(*asset);
  if (valid) valid = validate_function(*from, *asset);
  if (valid && declared_ == Declared::anew) valid = validate_partitions(*asset);
  if (valid && assets_.contains(asset->key)) valid = usage_error("it is declared twice");
  if (!valid) {
    refuse(named("asset", from->key), valid.error());
    return valid;
  }
  asset->plugin = declarations_.plugin_id;
  assets_[asset->key] = {from->user, from->run, from->drop};
  if (!mappings.empty()) mappings_[asset->key] = std::move(mappings);
  declarations_.assets.push_back(std::move(*asset));
  return {};
}

Status Registrar::add(const partita_check* table) {
  if (Status few = count(checks_declared_, "checks"); !few) return few;
  const auto from = received(table, "partita_check");
  if (!from) {
    refuse("check", from.error());
    return from.error();
  }
  auto check = copy_check(*from);
  Status valid = check ? validate_name(check->name) : Status(check.error());
  if (valid) valid = validate_asset_key(check->asset);
  if (valid && from->run == nullptr) valid = usage_error("run is null");
  if (valid && checks_.contains({check->asset, check->name})) {
    valid = usage_error(fmt::format("it is declared twice on {}", check->asset));
  }
  if (!valid) {
    refuse(named("check", from->name), valid.error());
    return valid;
  }
  check->plugin = declarations_.plugin_id;
  checks_[{check->asset, check->name}] = {from->user, from->run, from->drop};
  declarations_.checks.push_back(std::move(*check));
  return {};
}

}  // namespace partita
