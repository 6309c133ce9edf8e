#include "plugin/copy_in.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "plugin/received.hpp"

namespace partita {
namespace {

// Copies the texts of one table, and keeps the first error.
class TextCopier {
 public:
  std::string text(partita_str from, std::string_view field) {
    return take(copy_text(from, field));
  }
  std::vector<std::string> labels(const partita_str* from, std::size_t count,
                                  std::string_view field) {
    return take(copy_texts(from, count, field, kMaxLabels));
  }
  const Status& status() const { return status_; }

 private:
  template <class T>
  T take(Result<T> copied) {
    if (copied) return std::move(*copied);
    if (status_) status_ = std::move(copied).error();
    return {};
  }

  Status status_;
};

Status copy_tags(const partita_asset& from, AssetDef& asset) {
  if (Status status = check_count(from.tags, from.tag_count, kMaxLabels, "tags"); !status) {
    return status;
  }
  TextCopier copier;
  for (std::size_t i = 0; i < from.tag_count; ++i) {
    const auto tag = received(from.tags[i], "tag");
    if (!tag) return tag.error();
    asset.tags.emplace_back(copier.text(tag->name, "tag name"),
                            copier.text(tag->value, "tag value"));
  }
  return copier.status();
}

Result<Dependency> copy_dependency(const partita_dep* from, MappingFunctions& functions) {
  const auto dep = received(from, "dependency");
  if (!dep) return dep.error();
  auto upstream = copy_text(dep->asset, "dependency");
  if (!upstream) return std::move(upstream).error();
  if (Status valid = validate_asset_key(*upstream); !valid) {
    return std::move(valid).error().wrap("dependency");
  }
  std::vector<MappingFunction> own;
  auto mapping = copy_mapping(dep->mapping, own);
  if (!mapping) return std::move(mapping).error().wrap("dependency on " + *upstream);
  if (!own.empty()) functions[*upstream] = std::move(own);
  return Dependency{std::move(*upstream), std::move(*mapping), std::nullopt};
}

Status copy_dependencies(const partita_asset& from, AssetDef& asset, MappingFunctions& functions) {
  if (Status status = check_count(from.deps, from.dep_count, kMaxDeps, "deps"); !status) {
    return status;
  }
  for (std::size_t i = 0; i < from.dep_count; ++i) {
    auto dep = copy_dependency(from.deps[i], functions);
    if (!dep) return std::move(dep).error();
    for (const Dependency& earlier : asset.deps) {
      if (earlier.asset == dep->asset) {
        return usage_error(fmt::format("dependency on {} is declared twice", dep->asset));
      }
    }
    asset.deps.push_back(std::move(*dep));
  }
  return {};
}

// Enumerations of the contract begin at 0 and are counted through.
template <class Enum>
Result<Enum> copy_enum(std::uint32_t value, Enum last, std::string_view field) {
  if (value <= static_cast<std::uint32_t>(last)) return static_cast<Enum>(value);
  return usage_error(fmt::format("{} {} is unknown", field, value));
}

Status copy_retry(const partita_retry_policy* from, RetryPolicy& retry) {
  if (from == nullptr) return {};
  const auto table = received(from, "retry");
  if (!table) return table.error();
  const auto backoff =
      copy_enum(table->backoff, RetryPolicy::Backoff::exponential, "retry: backoff");
  if (!backoff) return backoff.error();
  const auto jitter = copy_enum(table->jitter, RetryPolicy::Jitter::plus_minus, "retry: jitter");
  if (!jitter) return jitter.error();
  if (table->max_retries > INT32_MAX) return usage_error("retry: max_retries is beyond 31 bits");
  retry = {static_cast<int>(table->max_retries), table->delay_seconds, *backoff, *jitter};
  return {};
}

Status copy_run_policy(const partita_asset& from, RunPolicy& policy) {
  if (Status status = copy_retry(from.retry, policy.retry); !status) return status;
  const auto isolation = copy_enum(from.isolation, RunPolicy::Isolation::partition, "isolation");
  if (!isolation) return isolation.error();
  policy.isolation = *isolation;
  policy.time_limit = from.time_limit_seconds;
  policy.cpu_limit = from.cpu_limit_seconds;
  policy.memory_limit = static_cast<std::int64_t>(from.memory_limit_bytes);
  policy.priority = from.priority;
  policy.exclusive = (from.flags & PARTITA_ASSET_EXCLUSIVE) != 0;
  policy.external = (from.flags & PARTITA_ASSET_EXTERNAL) != 0;
  policy.batch = from.batch_size > INT64_MAX ? RunPolicy::kWholeRange
                                             : static_cast<std::int64_t>(from.batch_size);
  return validate(policy);
}

}  // namespace

Result<std::string> copy_text(partita_str text, std::string_view field) {
  if (text.len == 0) return std::string();
  if (text.ptr == nullptr) return usage_error(fmt::format("{} is null", field));
  if (text.len > kMaxTextBytes) {
    return usage_error(
        fmt::format("{} has {} bytes, at most {} are allowed", field, text.len, kMaxTextBytes));
  }
  std::string copy(text.ptr, text.len);
  if (!is_valid_utf8(copy)) return usage_error(fmt::format("{} is not UTF-8", field));
  return copy;
}

Status check_count(const void* items, std::size_t count, std::size_t most, std::string_view field) {
  if (count > most) {
    return usage_error(fmt::format("{}: {} are given, at most {} are allowed", field, count, most));
  }
  if (count > 0 && items == nullptr) return usage_error(fmt::format("{} is null", field));
  return {};
}

Result<std::vector<std::string>> copy_texts(const partita_str* texts, std::size_t count,
                                            std::string_view field, std::size_t most) {
  if (Status status = check_count(texts, count, most, field); !status) {
    return std::move(status).error();
  }
  std::vector<std::string> copies;
  copies.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto copy = copy_text(texts[i], field);
    if (!copy) return std::move(copy).error();
    copies.push_back(std::move(*copy));
  }
  return copies;
}

Result<AssetDef> copy_asset(const partita_asset& from, MappingFunctions& functions) {
  AssetDef asset;
  TextCopier copier;
  asset.key = copier.text(from.key, "key");
  asset.description = copier.text(from.description, "description");
  asset.group = copier.text(from.group, "group");
  asset.code_version = copier.text(from.code_version, "code_version");
  asset.pool = copier.text(from.pool, "pool");
  asset.kinds = copier.labels(from.kinds, from.kind_count, "kinds");
  asset.owners = copier.labels(from.owners, from.owner_count, "owners");
  if (!copier.status()) return copier.status().error();
  if (asset.group.empty()) asset.group = "default";
  if (Status status = copy_tags(from, asset); !status) return std::move(status).error();
  if (Status status = copy_dependencies(from, asset, functions); !status) {
    return std::move(status).error();
  }
  auto partitions = copy_partitions(from.dimensions, from.dimension_count);
  if (!partitions) return std::move(partitions).error().wrap("partitions");
  asset.partitions = std::move(*partitions);
  if (Status status = copy_run_policy(from, asset.policy); !status)
    return std::move(status).error();
  return asset;
}

Result<CheckDef> copy_check(const partita_check& from) {
  CheckDef check;
  TextCopier copier;
  check.name = copier.text(from.name, "name");
  check.description = copier.text(from.description, "description");
  check.asset = copier.text(from.asset, "asset");
  if (!copier.status()) return copier.status().error();
  check.blocking = (from.flags & PARTITA_CHECK_BLOCKING) != 0;
  if (from.severity > PARTITA_SEVERITY_WARNING) {
    return usage_error(fmt::format("severity {} is unknown", from.severity));
  }
  if (from.severity == PARTITA_SEVERITY_WARNING) check.severity = CheckDef::Severity::warning;
  return check;
}

}  // namespace partita
