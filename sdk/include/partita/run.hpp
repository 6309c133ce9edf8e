// Run: the partition being materialized, and what its function may ask of the host and tell it.
//
// Valid while the function runs, and every text it gives with it. Other partitions may run at the
// same time on other threads, each with a Run of its own. A Run may be used from threads that the
// function starts, provided it joins them before it returns.
#pragma once

#include <partita/abi.h>
#include <partita/batch.hpp>
#include <partita/detail/arena.hpp>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>
#include <partita/dimension_key.hpp>
#include <partita/errors.hpp>
#include <partita/input.hpp>
#include <partita/table.hpp>
#include <partita/time.hpp>
#include <partita/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita {

namespace detail {

// What a lookup gave: a name that is not set is no error.
inline std::optional<Value> answered(partita_status status, const partita_value* value,
                                     const std::string& what) {
  if (status == PARTITA_NOT_FOUND) return std::nullopt;
  if (status == PARTITA_OK) return Value::from_abi(received(value, "partita_value"));
  throw Failed(what + ": refused by the host, status " + detail::decimal(status));
}

}  // namespace detail

// `[resources.NAME]` of partita.toml.
class Resource {
 public:
  Resource(const partita_run& run, std::string_view name) : run_(&run), name_(name) {}

  // Fails where the field is not set or of another type.
  template <class T = std::string>
  T get(std::string_view field) const {
    if (auto value = find(field)) return detail::value_or_fail<T>(*value, what(field));
    throw Failed(what(field) + " is not set: add it to [resources." + name_ + "] in partita.toml");
  }
  template <class T>
  detail::stored_t<T> get(std::string_view field, T fallback) const {
    using Stored = detail::stored_t<T>;
    if (auto value = find(field)) return detail::value_or_fail<Stored>(*value, what(field));
    return Stored(fallback);
  }

 private:
  std::optional<Value> find(std::string_view field) const {
    if (run_->resource == nullptr) return std::nullopt;
    const partita_value* value = nullptr;
    const auto status =
        run_->resource(run_->ctx, detail::to_str(name_), detail::to_str(field), &value);
    return detail::answered(status, value, what(field));
  }
  std::string what(std::string_view field) const {
    return "field " + detail::in_quotes(field) + " of resource " + detail::in_quotes(name_);
  }

  const partita_run* run_;
  std::string name_;
};

class Run {
 public:
  explicit Run(const partita_run* run) : run_(detail::received(run, "partita_run")) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // ---- which partition

  std::string_view asset() const { return detail::view(run_.asset); }
  std::string_view run_id() const { return detail::view(run_.run_id); }
  int attempt() const { return static_cast<int>(run_.attempt); }
  // The whole key; empty where the asset is not partitioned.
  std::string_view partition() const { return detail::view(run_.partition); }
  std::string_view key(std::string_view dimension) const {
    return detail::find_dimension(dimensions(), dimension, owner()).key;
  }
  std::vector<DimensionKey> dimensions() const {
    return detail::dimension_keys(run_.dimensions, run_.dimension_count);
  }
  // The window of the asset's dimension of time; fails where it has none, or more than one. Of a
  // batch, from the first one's start to the last one's end.
  Window window() const {
    if (!is_batch()) return detail::only_window(dimensions(), owner());
    return {partition_at(0).window().start, partition_at(run_.partition_count - 1).window().end};
  }
  Window window(std::string_view dimension) const {
    return detail::named_window(dimensions(), dimension, owner());
  }

  // The partitions of this call, in the asset's order: the ones of a batch, or the one. In a batch
  // partition(), key() and dimensions() are empty.
  std::vector<Partition> partitions() const {
    std::vector<Partition> all;
    if (!is_batch()) all.push_back(own_partition());
    all.reserve(run_.partition_count);
    for (std::size_t i = 0; i < run_.partition_count; ++i) all.push_back(partition_at(i));
    return all;
  }

  // ---- what it works with

  // The upstream partitions; fails where the asset does not depend on `asset`.
  Input input(std::string_view asset) const {
    const partita_input* input = nullptr;
    ask("input " + detail::in_quotes(asset), run_.input, detail::to_str(asset), &input);
    return Input(input);
  }
  // Those of one partition of a batch; input(asset) has those of all.
  Input input(std::string_view asset, const Partition& partition) const {
    if (!is_batch()) return this->input(asset);
    const partita_input* input = nullptr;
    ask("input " + detail::in_quotes(asset), run_.partition_input, partition.position(),
        detail::to_str(asset), &input);
    return Input(input);
  }
  // A setting of this asset; fails where it is not set or of another type.
  template <class T = std::string>
  T config(std::string_view name) const {
    if (auto value = find_config(name)) return detail::value_or_fail<T>(*value, setting(name));
    throw Failed(setting(name) + " is not set: add it to [config." + std::string(asset()) +
                 "] in partita.toml, or pass --config " + std::string(name) + "=VALUE");
  }
  template <class T>
  detail::stored_t<T> config(std::string_view name, T fallback) const {
    using Stored = detail::stored_t<T>;
    if (auto value = find_config(name)) return detail::value_or_fail<Stored>(*value, setting(name));
    return Stored(fallback);
  }
  Resource resource(std::string_view name) const { return {run_, name}; }

  // The directory that becomes the partition's output when it succeeds; nobody sees it before.
  std::string output_dir() const {
    if (is_batch()) throw Failed("output directory: name the partition, as in output_dir(day)");
    return directory("output directory", run_.output_dir);
  }
  std::string output_dir(const Partition& partition) const {
    if (!is_batch()) return output_dir();
    partita_str path{};
    ask("output directory", run_.partition_output_dir, partition.position(), &path);
    return std::string(detail::view(path));
  }
  // A directory that is removed after this attempt.
  std::string temp_dir() const { return directory("temporary directory", run_.temp_dir); }

  // ---- what it tells

  void log(std::string_view text) const { log(PARTITA_LOG_INFO, text); }
  void debug(std::string_view text) const { log(PARTITA_LOG_DEBUG, text); }
  void warn(std::string_view text) const { log(PARTITA_LOG_WARNING, text); }
  void error(std::string_view text) const { log(PARTITA_LOG_ERROR, text); }

  // Facts kept with the materialization; the last value of a name counts.
  void metadata(std::string_view name, const Value& value) const {
    const auto table = value.to_abi();
    ask("metadata " + detail::in_quotes(name), run_.metadata, detail::to_str(name), &table);
  }
  // Equal text means equal data: what depends on it stays fresh.
  void data_version(std::string_view text) const {
    ask("data version " + detail::in_quotes(text), run_.data_version, detail::to_str(text));
  }
  // From 0 to 1; below 0 where it is not known.
  void progress(double fraction, std::string_view text = {}) const {
    if (run_.progress != nullptr) run_.progress(run_.ctx, fraction, detail::to_str(text));
  }

  // ---- one partition of a batch

  // It is made: recorded as it is, whatever becomes of the others, which go on. False: a check that
  // blocks did not pass, and it has failed. What is not decided when the function returns is made
  // too, but for what reads a partition of the batch that failed; where it fails or crashes, that
  // fails with it.
  bool commit(const Partition& partition, const Facts& facts = {},
              std::string_view data_version = {}) const {
    return is_batch() ? commit_at(partition.position(), facts, data_version)
                      : commit_alone(facts, data_version);
  }
  bool commit(std::string_view key, const Facts& facts = {},
              std::string_view data_version = {}) const {
    return commit(named(key), facts, data_version);
  }
  // It alone failed, or has nothing to do; the function goes on.
  void fail(const Partition& partition, const std::string& reason) const {
    if (!is_batch()) fail(reason);
    decide("fail " + detail::in_quotes(partition.key()), run_.fail_partition, partition, reason);
  }
  void fail(std::string_view key, const std::string& reason) const { fail(named(key), reason); }
  void skip(const Partition& partition, const std::string& reason) const {
    if (!is_batch()) skip(reason);
    decide("skip " + detail::in_quotes(partition.key()), run_.skip_partition, partition, reason);
  }
  void skip(std::string_view key, const std::string& reason) const { skip(named(key), reason); }

  // ---- how it ends

  // Cheap enough for every turn of a loop.
  bool cancelled() const { return run_.cancelled != nullptr && run_.cancelled(run_.ctx) != 0; }
  void throw_if_cancelled() const {
    if (cancelled()) throw Cancelled();
  }
  [[noreturn]] void skip(std::string reason) const { throw Skipped{std::move(reason)}; }
  [[noreturn]] void fail(const std::string& reason) const { throw Failed(reason); }
  // Failed, and worth another attempt.
  [[noreturn]] void retry(std::string reason) const { throw RetryRequested{std::move(reason)}; }

 private:
  std::string owner() const { return "asset " + detail::in_quotes(asset()); }

  bool is_batch() const { return run_.partition_count > 0; }
  Partition partition_at(std::size_t position) const {
    return {position, detail::received(run_.partitions[position], "partita_batch_partition")};
  }
  Partition own_partition() const {
    return {0,
            {sizeof(partita_batch_partition), 0, run_.partition, run_.dimensions,
             run_.dimension_count}};
  }
  // Mostly the one after the last that was asked for.
  Partition named(std::string_view key) const {
    if (!is_batch() && key == partition()) return own_partition();
    const std::size_t count = run_.partition_count;
    const std::size_t hint = __atomic_load_n(&hint_, __ATOMIC_RELAXED);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t position = (hint + i) % count;
      const Partition partition = partition_at(position);
      if (partition.key() != key) continue;
      __atomic_store_n(&hint_, position + 1, __ATOMIC_RELAXED);
      return partition;
    }
    throw Failed(owner() + " was not given partition " + detail::in_quotes(key));
  }

  bool commit_at(std::size_t position, const Facts& facts, std::string_view data_version) const {
    detail::Arena arena;
    auto table = detail::sized<partita_commit>();
    const auto** metadata = arena.array<const partita_named_value*>(facts.size());
    for (std::size_t i = 0; i < facts.size(); ++i) {
      auto fact = detail::sized<partita_named_value>();
      fact.name = detail::to_str(facts[i].name);
      fact.value = arena.copy(facts[i].value.to_abi());
      metadata[i] = arena.copy(fact);
    }
    table.metadata = metadata;
    table.metadata_count = facts.size();
    table.data_version = detail::to_str(data_version);
    if (run_.commit_partition == nullptr) throw Failed("commit: this host does not offer it");
    const partita_status status = run_.commit_partition(run_.ctx, position, &table);
    if (status == PARTITA_NOT_PASSED) return false;
    accept("commit " + detail::in_quotes(partition_at(position).key()), status);
    return true;
  }
  bool commit_alone(const Facts& facts, std::string_view data_version) const {
    for (const Fact& fact : facts) metadata(fact.name, fact.value);
    if (!data_version.empty()) this->data_version(data_version);
    return true;
  }
  std::string setting(std::string_view name) const {
    return "config " + detail::in_quotes(name) + " of " + owner();
  }

  void log(std::int32_t level, std::string_view text) const {
    if (run_.log != nullptr) run_.log(run_.ctx, level, detail::to_str(text));
  }

  template <class... Parameters, class... Arguments>
  void ask(const std::string& what, partita_status (*function)(void*, Parameters...),
           Arguments... arguments) const {
    if (function == nullptr) throw Failed(what + ": this host does not offer it");
    accept(what, function(run_.ctx, arguments...));
  }

  template <class Decision>
  void decide(const std::string& what, Decision decision, const Partition& partition,
              const std::string& reason) const {
    if (decision == nullptr) throw Failed(what + ": this host does not offer it");
    const partita_status status = decision(run_.ctx, partition.position(), detail::to_str(reason));
    if (status == PARTITA_INVALID) throw Failed(what + ": it is decided already");
    accept(what, status);
  }

  void accept(const std::string& what, partita_status status) const {
    if (status == PARTITA_OK) return;
    if (status == PARTITA_NOT_FOUND) throw Failed(owner() + " does not declare " + what);
    if (status == PARTITA_CANCELLED) throw Cancelled();
    throw Failed(what + ": refused by the host, status " + detail::decimal(status));
  }

  std::string directory(const char* what, partita_status (*function)(void*, partita_str*)) const {
    partita_str path{};
    ask(what, function, &path);
    return std::string(detail::view(path));
  }

  std::optional<Value> find_config(std::string_view name) const {
    if (run_.config == nullptr) return std::nullopt;
    const partita_value* value = nullptr;
    const auto status = run_.config(run_.ctx, detail::to_str(name), &value);
    return detail::answered(status, value, setting(name));
  }

  partita_run run_;
  mutable std::size_t hint_ = 0;
};

}  // namespace partita
#pragma GCC visibility pop
