// Tables: definitions written as the C tables that the host reads. They point into the definitions,
// and live as long as this object.
#pragma once

#include <partita/abi.h>
#include <partita/definitions.hpp>
#include <partita/detail/arena.hpp>
#include <partita/detail/key_function.hpp>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita::detail {

class Tables {
 public:
  Tables() = default;
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;
  ~Tables() { end_asset(false); }

  partita_asset asset(const AssetSpec& spec) {
    auto table = sized<partita_asset>();
    table.key = to_str(spec.key);
    table.description = to_str(spec.description);
    table.group = to_str(spec.group);
    table.code_version = to_str(spec.code_version);
    table.pool = to_str(spec.pool);
    table.kinds = texts(spec.kinds);
    table.kind_count = spec.kinds.size();
    table.owners = texts(spec.owners);
    table.owner_count = spec.owners.size();
    table.tags = list<partita_tag>(spec.tags);
    table.tag_count = spec.tags.size();
    table.deps = list<partita_dep>(spec.dependencies);
    table.dep_count = spec.dependencies.size();
    table.dimensions = list<partita_dimension>(spec.dimensions);
    table.dimension_count = spec.dimensions.size();
    write(spec.run, table);
    return table;
  }

  static partita_check check(const CheckSpec& spec) {
    auto table = sized<partita_check>();
    table.flags = spec.blocking ? PARTITA_CHECK_BLOCKING : 0;
    table.name = to_str(spec.name);
    table.description = to_str(spec.description);
    table.asset = to_str(spec.asset);
    table.severity = static_cast<std::uint32_t>(spec.severity);
    return table;
  }

  // Of the last asset: what its mappings' functions hold is the host's to drop where it was taken.
  void end_asset(bool taken) {
    while (functions_ != nullptr) {
      KeyFunctions* const functions = std::exchange(functions_, functions_->next);
      if (!taken) delete functions;
    }
  }

 private:
  // An array of pointers to tables, one for each item.
  template <class Table, class Item>
  const Table* const* list(const std::vector<Item>& items) {
    const Table** pointers = arena_.array<const Table*>(items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
      pointers[i] = arena_.copy<Table>(write(items[i]));
    return pointers;
  }

  const partita_str* texts(const std::vector<std::string>& values) {
    partita_str* strs = arena_.array<partita_str>(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) strs[i] = to_str(values[i]);
    return strs;
  }

  void write(const RunSpec& run, partita_asset& table) {
    if (run.external) table.flags |= PARTITA_ASSET_EXTERNAL;
    if (run.exclusive) table.flags |= PARTITA_ASSET_EXCLUSIVE;
    if (run.retry.max_retries > 0) table.retry = arena_.copy(write(run.retry));
    table.time_limit_seconds = run.time_limit;
    table.cpu_limit_seconds = run.cpu_limit;
    table.memory_limit_bytes = run.memory_limit;
    table.priority = run.priority;
    table.isolation = run.isolation;
    table.batch_size = run.batch;
  }

  static partita_retry_policy write(const RetryPolicy& policy) {
    auto table = sized<partita_retry_policy>();
    table.max_retries = policy.max_retries;
    table.delay_seconds = policy.delay_seconds;
    table.backoff = policy.backoff_kind;
    table.jitter = policy.jitter_kind;
    return table;
  }

  static partita_tag write(const Tag& tag) {
    auto table = sized<partita_tag>();
    table.name = to_str(tag.name);
    table.value = to_str(tag.value);
    return table;
  }

  partita_dep write(const Dependency& dependency) {
    auto table = sized<partita_dep>();
    table.asset = to_str(dependency.asset);
    if (dependency.mapping.kind != PARTITA_MAP_DEFAULT) table.mapping = mapping(dependency.mapping);
    return table;
  }

  partita_dimension write(const Dimension& dimension) {
    auto table = sized<partita_dimension>();
    table.kind = dimension.kind;
    table.name = to_str(dimension.name);
    table.cadence = dimension.cadence;
    table.minute_offset = dimension.minute_offset;
    table.hour_offset = dimension.hour_offset;
    table.day_offset = dimension.day_offset;
    table.end_offset = dimension.end_offset;
    table.cron = to_str(dimension.cron);
    table.start = to_str(dimension.start);
    table.end = to_str(dimension.end);
    table.timezone = to_str(dimension.timezone);
    table.format = to_str(dimension.format);
    table.exclusions = texts(dimension.exclusions);
    table.exclusion_count = dimension.exclusions.size();
    table.keys = texts(dimension.keys);
    table.key_count = dimension.keys.size();
    table.dynamic_set = to_str(dimension.dynamic_set);
    return table;
  }

  const partita_mapping* mapping(const Mapping& mapping) {
    auto table = sized<partita_mapping>();
    table.kind = mapping.kind;
    table.start_offset = mapping.start_offset;
    table.end_offset = mapping.end_offset;
    table.allow_missing = mapping.missing_allowed ? 1 : 0;
    table.keys = texts(mapping.keys);
    table.key_count = mapping.keys.size();
    table.downstream_keys = texts(mapping.downstream_keys);
    table.dimension = to_str(mapping.dimension);
    if (!mapping.inner.empty()) table.inner = this->mapping(mapping.inner.front());
    table.parts = list<partita_dimension_mapping>(mapping.parts);
    table.part_count = mapping.parts.size();
    if (mapping.functions.forward != nullptr) write_functions(mapping.functions, table);
    return arena_.copy(table);
  }

  void write_functions(const KeyFunctions& functions, partita_mapping& table) {
    auto* const own = new KeyFunctions(functions);
    own->next = std::exchange(functions_, own);
    table.user = own;
    table.name = to_str(own->name);
    table.upstream_of = &detail::upstream_of;
    if (functions.inverse != nullptr) table.downstream_of = &detail::downstream_of;
    table.drop = &detail::drop_functions;
  }

  // Of PARTITA_MAP_MULTI.
  partita_dimension_mapping write(const Mapping& part) {
    auto table = sized<partita_dimension_mapping>();
    table.upstream_dimension = to_str(part.upstream_dimension);
    table.downstream_dimension = to_str(part.downstream_dimension);
    table.mapping = mapping(part);
    return table;
  }

  Arena arena_;
  KeyFunctions* functions_ = nullptr;  // of the last asset
};

// A refused definition stays the plugin's, and is destroyed with the definitions; the host reports
// the refusal.
inline void register_all(Definitions& definitions, const partita_registrar& registrar) {
  Tables tables;
  for (auto& asset : definitions.assets()) {
    auto table = tables.asset(asset.spec());
    asset.callable().fill(table);
    const bool taken = registrar.add_asset(registrar.ctx, &table) == PARTITA_OK;
    if (taken) asset.callable().release();
    tables.end_asset(taken);
  }
  for (auto& check : definitions.checks()) {
    auto table = Tables::check(check.spec());
    check.callable().fill(table);
    if (registrar.add_check(registrar.ctx, &table) == PARTITA_OK) check.callable().release();
  }
}

inline void require_complete(Definitions& definitions) {
  for (auto& asset : definitions.assets()) {
    const bool external = asset.spec().run.external;
    if (asset.callable().is_set() == external) {
      throw Failed("asset " + in_quotes(asset.spec().key) +
                   (external ? " is external, and has a function"
                             : " has no function: assign one with `=`"));
    }
  }
  for (auto& check : definitions.checks()) {
    if (!check.callable().is_set()) {
      throw Failed("check " + in_quotes(check.spec().name) +
                   " has no function: assign one with `=`");
    }
    if (check.spec().asset.empty()) {
      throw Failed("check " + in_quotes(check.spec().name) + " has no asset: name it with on()");
    }
  }
}

}  // namespace partita::detail
#pragma GCC visibility pop
